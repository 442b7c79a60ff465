import { conversationSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./echo.js";

const { expect, it } = test;

test.describe("conversation.echo", () => {
  conversationSuite(test, () => component.create(testContext("conversation.echo", {})), { tools: true });
});

const request = { tools: [], metadata: {} };

it("echoes the texts of all messages and counts their words", async () => {
  const model = await component.create(testContext("conversation.echo", {}));
  const reply = await model.converse({
    ...request,
    messages: [
      { role: "system", content: ["be", "brief"] },
      { role: "tool", name: "weather", content: ["sunny"] },
      { role: "user", content: ["  hello  there "] },
    ],
  });
  const text = "be\nbrief\nTool Response for tool ID '' with name 'weather': sunny\n  hello  there ";
  expect(reply.choices).toEqual([{ finishReason: "stop", text, toolCalls: [] }]);
  expect(reply.usage).toEqual({ promptTokens: 14, completionTokens: 14, totalTokens: 28 });
});

it("calls every tool with the names of its parameters, and repeats the calls that it was told of", async () => {
  const model = await component.create(testContext("conversation.echo", {}));
  const { choices } = await model.converse({
    ...request,
    tools: [
      { name: "weather", parameters: { type: "object", properties: { place: {}, day: {} } } },
      { name: "time", parameters: { properties: "wrong" } },
      { name: "dice" },
    ],
    messages: [{ role: "assistant", content: [], toolCalls: [{ id: "x", name: "old", arguments: "{}" }] }],
  });
  expect(choices[0]?.finishReason).toBe("tool_calls");
  expect(choices[0]?.toolCalls).toEqual([
    { id: "0", name: "weather", arguments: "day,place" },
    { id: "1", name: "time", arguments: expect.any(String) as string },
    { id: "2", name: "dice", arguments: "" },
    { id: "x", name: "old", arguments: "{}" },
  ]);
});
