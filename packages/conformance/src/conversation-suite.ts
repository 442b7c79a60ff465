import type { ConversationProvider, ConversationRequest } from "@mecha/spec";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

/** What the model behind a component does, on which tests depend. */
export interface ConversationSupports {
  /** It calls the tools that it is given when one is required. */
  readonly tools: boolean;
}

const hello: ConversationRequest = { messages: [{ role: "user", content: ["hello"] }], tools: [], metadata: {} };

/**
 * Declares the tests that every conversation component passes, whatever its model says.
 *
 * @param test - vitest's functions
 * @param create - makes the component, once; the suite closes it
 * @param supports - what the model does
 */
export function conversationSuite(
  test: TestFunctions,
  create: () => Promise<ConversationProvider>,
  supports: ConversationSupports,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;

  describe(suiteTitles.conversationSuite, () => {
    let opened: ConversationProvider | undefined;
    const model = (): ConversationProvider => {
      if (opened === undefined) throw new Error("the component exists only while tests run");
      return opened;
    };
    beforeAll(async () => {
      opened = await create();
    });

    it("answers with text, why it ended, and what it cost", async () => {
      const { choices, usage } = await model().converse(hello);
      expect(choices.length).toBeGreaterThan(0);
      expect(choices[0]?.text).not.toBe("");
      expect(choices[0]?.finishReason).not.toBe("");
      if (usage === undefined) return;
      expect(usage.promptTokens).toBeGreaterThan(0);
      expect(usage.totalTokens).toBeGreaterThanOrEqual(usage.promptTokens + usage.completionTokens);
    });

    it("takes messages of every role, in one part, in several, and in none", async () => {
      const { choices } = await model().converse({
        ...hello,
        messages: [
          { role: "system", content: ["be brief"] },
          { role: "developer", content: ["be", "kind"], name: "dev" },
          { role: "user", content: ["what is the weather?"], name: "ann" },
          { role: "assistant", content: [], toolCalls: [{ id: "7", name: "weather", arguments: "{}" }] },
          { role: "tool", name: "weather", toolCallId: "7", content: ["sunny"] },
        ],
        tools: [{ name: "weather" }],
      });
      expect(choices.length).toBeGreaterThan(0);
    });

    it("does not change what it is given", async () => {
      const request = structuredClone({ ...hello, temperature: 0.5, responseFormat: { type: "object" } });
      await model().converse(request);
      expect(request).toEqual({ ...hello, temperature: 0.5, responseFormat: { type: "object" } });
    });

    if (supports.tools) {
      it("calls a tool by its name when one is required, and says so", async () => {
        const tools = [{ name: "weather", description: "The weather", parameters: { type: "object", properties: {} } }];
        const { choices } = await model().converse({ ...hello, tools, toolChoice: "required" });
        expect(choices[0]?.finishReason).toBe("tool_calls");
        expect(choices[0]?.toolCalls.map(({ name }) => name)).toEqual(["weather"]);
      });
    }

    it("says what it talks to", () => {
      expect(model().backend).toMatch(/^\w+(:|$)/);
    });

    // Declared last, because tests run in order and this one ends the component.
    afterAll(async () => {
      await opened?.close?.();
      await opened?.close?.();
    });
  });
}
