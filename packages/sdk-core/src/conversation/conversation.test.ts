import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import { type ConversationRequestAlpha2, ConversationResponseAlpha2 } from "../generated/dapr/proto/runtime/v1/ai.js";
import { ConversationHistory } from "./conversation-history.js";
import { parseToolArguments, type ConversationMessage } from "./conversation-message.js";

it("passes on everything that a request can have", async () => {
  let request: ConversationRequestAlpha2 | undefined;
  const sidecar = await testSidecar({
    converseAlpha2: (received) => {
      request = received;
      return Promise.resolve(ConversationResponseAlpha2.fromPartial({}));
    },
  });
  const reply = await sidecar
    .connect()
    .conversation("model")
    .converse([{ role: "user", content: ["a", "b"] }], {
      contextId: "c",
      temperature: 0.5,
      tools: [{ name: "t", parameters: { type: "object" } }],
      toolChoice: { name: "t" },
      responseFormat: { type: "string" },
      scrubPii: "inputs",
      promptCacheRetentionMs: 1500,
      parameters: { depth: { a: [1, null] } },
      metadata: { key: "value" },
    });
  expect(request).toMatchObject({
    name: "model",
    contextId: "c",
    inputs: [
      {
        scrubPii: true,
        messages: [{ messageTypes: { $case: "ofUser", value: { content: [{ text: "a" }, { text: "b" }] } } }],
      },
    ],
    tools: [{ toolTypes: { $case: "function", value: { name: "t", parameters: { type: "object" } } } }],
    toolChoice: "t",
    responseFormat: { type: "string" },
    scrubPii: false,
    temperature: 0.5,
    promptCacheRetention: { seconds: 1n, nanos: 500_000_000 },
    metadata: { key: "value" },
  });
  expect(request?.parameters["depth"]?.typeUrl).toBe("type.googleapis.com/google.protobuf.Value");
  expect(reply).toMatchObject({ text: "", toolCalls: [], outputs: [], message: { role: "assistant" } });
});

it("keeps a turn in the history only if it succeeded", async () => {
  const history = new ConversationHistory([{ role: "system", content: "be brief" }]);
  const refusing = { converse: () => Promise.reject(new Error("no model")) };
  await expect(history.converse(refusing, "hello")).rejects.toThrow("no model");
  expect(history.messages).toHaveLength(1);
});

it("refuses a message of a role that there is not", async () => {
  const sidecar = await testSidecar({});
  const message = { role: "robot", content: "beep" } as unknown as ConversationMessage;
  const refused = sidecar.connect().conversation("model").converse([message]);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

it("reads the arguments of a tool call, and says when they are no JSON", () => {
  expect(parseToolArguments({ name: "t", arguments: '{"place":"Lisbon"}' })).toEqual({ place: "Lisbon" });
  expect(parseToolArguments({ name: "t", arguments: "" })).toEqual({});
  expect(() => parseToolArguments({ name: "t", arguments: "place" })).toThrow(/no JSON: place/);
});
