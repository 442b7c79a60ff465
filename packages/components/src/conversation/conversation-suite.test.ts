import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { collectSuite, conversationSuite } from "@mecha/conformance";
import type { ConversationProvider } from "@mecha/spec";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component as echo } from "./echo.js";
import { component as openai } from "./openai.js";

const { afterAll, beforeAll, describe, expect, it } = test;

/** A server with a model that says hello, and calls the first tool where it has to. */
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const { tools = [], tool_choice: choice } = body as {
        tools?: { function: { name: string } }[];
        tool_choice?: string;
      };
      const call = { id: "1", type: "function", function: { name: tools[0]?.function.name, arguments: "{}" } };
      const isCall = choice === "required";
      const message = isCall ? { content: null, tool_calls: [call] } : { content: "hello" };
      const choices = [{ index: 0, finish_reason: isCall ? "tool_calls" : "stop", message }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ model: "tiny", choices, usage }));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("conversation.openai", () => {
  const open = () => {
    const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`;
    return openai.create(testContext("conversation.openai", { key: "k", endpoint }));
  };
  conversationSuite(test, open, { tools: true });
});

it.each<readonly [defect: string, title: string, Partial<ConversationProvider>]>([
  ["says nothing", "answers with text", { converse: async () => ({ choices: [] }) }],
  [
    "forgets why it ended",
    "calls a tool by its name",
    { converse: async () => ({ choices: [{ finishReason: "stop", text: "x", toolCalls: [] }] }) },
  ],
  ["does not say what it talks to", "says what it talks to", { backend: "" }],
])("the suite notices a component that %s", async (_, title, replaced) => {
  const suite = collectSuite(expect, (collected) =>
    conversationSuite(
      collected,
      async () => ({ ...(await echo.create(testContext("conversation.echo", {}))), ...replaced }),
      { tools: true },
    ),
  );
  await suite.open();
  const failures: string[] = [];
  for (const each of suite.tests) if ((await each.run(1_000)) !== undefined) failures.push(each.title);
  await suite.close();
  expect(failures).toEqual(expect.arrayContaining([expect.stringContaining(title)]));
});
