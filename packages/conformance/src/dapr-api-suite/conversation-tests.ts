import { ConversationHistory } from "@mecha/sdk-core";
import { conversation as messages, daprMethods } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

const weather = {
  name: "weather",
  description: "The weather of a place",
  parameters: {
    type: "object",
    properties: { place: { type: "string" }, day: { type: "string" } },
    required: ["place"],
  },
};

/**
 * Conversation, on components that echo the texts of all messages, line by line, and call every tool that they are given: by themselves, or
 * by a model that does.
 */
export function conversationTests(fixture: DaprApiFixture): void {
  for (const kind of ["conversation", "modelConversation"] as const) conversationTestsOf(fixture, kind);
}

function conversationTestsOf(
  { test: { expect }, block }: DaprApiFixture,
  kind: "conversation" | "modelConversation",
): void {
  block(kind, (it) => {
    it("carries messages of every role, of one part and of several", async (name, { mecha }) => {
      const reply = await mecha.conversation(name).converse([
        { role: "system", content: "be brief" },
        { role: "developer", content: ["be", "kind"], name: "dev" },
        { role: "user", content: "hello there", name: "ann" },
        { role: "assistant", content: "hello", toolCalls: [{ id: "7", name: "weather", arguments: "{}" }] },
        { role: "tool", name: "weather", toolCallId: "7", content: "sunny" },
      ]);
      expect(reply.text).toBe(
        "be brief\nbe\nkind\nhello there\nhello\nTool Response for tool ID '7' with name 'weather': sunny",
      );
      expect(reply.toolCalls).toEqual([{ id: "7", name: "weather", arguments: "{}" }]);
      expect(reply.finishReason).toBe("tool_calls");
      expect(reply.usage).toMatchObject({ promptTokens: 17, completionTokens: 17, totalTokens: 34 });
      expect(reply.outputs).toHaveLength(1);
    });

    it("lets the model call tools, whose results it gets with the next turn", async (name, { mecha }) => {
      const conversation = mecha.conversation(name);
      const history = new ConversationHistory([{ role: "system", content: "use tools" }]);
      const first = await history.converse(conversation, "what is the weather?", { tools: [weather] });
      expect([first.finishReason, first.text]).toEqual(["tool_calls", "use tools\nwhat is the weather?"]);
      // The echo writes the names of the arguments in place of arguments.
      expect(first.toolCalls).toEqual([{ id: "0", name: "weather", arguments: "day,place" }]);
      for (const call of first.toolCalls) history.addToolResult(call, { sky: "blue" });
      const second = await history.converse(conversation);
      expect(second.text).toContain(`Tool Response for tool ID '0' with name 'weather': {"sky":"blue"}`);
      expect(history.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "assistant"]);
    });

    it("takes every choice of tools, and refuses the name of a tool that is not there", async (name, { mecha }) => {
      const conversation = mecha.conversation(name);
      const user = [{ role: "user", content: "hello" }] as const;
      for (const toolChoice of ["auto", "none", "required", { name: "weather" }] as const) {
        const { toolCalls } = await conversation.converse(user, { tools: [weather], toolChoice });
        expect(toolCalls.map(({ name: tool }) => tool)).toEqual(["weather"]);
      }
      const absent = await failureOf(conversation.converse(user, { tools: [weather], toolChoice: { name: "absent" } }));
      const none = await failureOf(conversation.converse(user, { toolChoice: "required" }));
      expect([absent.grpcStatus, none.grpcStatus]).toEqual([3, 3]);
    });

    it("takes out what identifies persons, from what is asked, what is answered, or both", async (name, { mecha }) => {
      const conversation = mecha.conversation(name);
      const user = [{ role: "user", content: "write to ann@example.com" }] as const;
      const plain = await conversation.converse(user);
      expect(plain.text).toBe("write to ann@example.com");
      for (const scrubPii of [true, "inputs", "outputs"] as const) {
        const { text } = await conversation.converse(user, { scrubPii });
        expect(text).toMatch(/^write to /);
        expect(text).not.toContain("ann@example.com");
      }
    });

    it("takes all other options, and gives back the context that it was given", async (name, { mecha }) => {
      const reply = await mecha.conversation(name).converse([{ role: "user", content: "hello" }], {
        contextId: "context-1",
        temperature: 0.5,
        responseFormat: { type: "object", properties: { answer: { type: "string" } } },
        promptCacheRetentionMs: 60_000,
        parameters: { max_tokens: 100, stop: ["."], nested: { deep: true } },
        metadata: { model: "echo" },
      });
      expect([reply.contextId, reply.text]).toEqual(["context-1", "hello"]);
    });

    it("refuses a conversation without messages, with an unknown message, and components that are not there", async (name, {
      mecha,
      transport,
    }) => {
      const unknownMessage = messages.ConversationRequestAlpha2.fromPartial({ name, inputs: [{ messages: [{}] }] });
      const absent = mecha.conversation(uniqueName("conversation"));
      const outcomes = await Promise.all([
        failureOf(mecha.conversation(name).converse([])),
        failureOf(mecha.conversation(name).converseAlpha1([])),
        failureOf(transport.unary(daprMethods.converseAlpha2, unknownMessage)),
        failureOf(absent.converse([{ role: "user", content: "hello" }])),
        failureOf(absent.converseAlpha1([{ content: "hello" }])),
      ]);
      expect(outcomes.map(({ grpcStatus, message }) => `${String(grpcStatus)} ${message}`)).toEqual([
        expect.stringMatching(/^3 .*missing inputs in request$/),
        expect.stringMatching(/^3 .*missing inputs in request$/),
        expect.stringMatching(/^3 .*invalid params/),
        expect.stringMatching(/^3 failed finding conversation component /),
        expect.stringMatching(/^3 failed finding conversation component /),
      ]);
    });

    it("answers prompts without tools by the older RPC", async (name, { mecha }) => {
      const conversation = mecha.conversation(name);
      const texts = await conversation.converseAlpha1(
        [{ role: "system", content: "be brief" }, { content: "write to ann@example.com" }],
        { contextId: "context-1", temperature: 0.1, scrubPii: true, metadata: {}, parameters: { a: 1 } },
      );
      expect(texts).toEqual([expect.stringMatching(/^be brief\nwrite to (?!ann@example\.com)/)]);
    });
  });
}
