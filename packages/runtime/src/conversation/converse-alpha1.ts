import type { conversation, UnaryHandler } from "@mecha/sdk-core/protocol";
import type { ConversationMessage } from "@mecha/spec";
import type { Registry } from "../registry.js";
import { converse, refuseNoInputs } from "./converse.js";
import { scrubPii } from "./scrub-pii.js";

/** Dapr's ConverseAlpha1: prompts with a role, and an answer's text for them. */
export function converseAlpha1(
  registry: Registry,
): UnaryHandler<conversation.ConversationRequest, conversation.ConversationResponse> {
  return async (request, context) => {
    const { name, inputs, contextID, temperature, parameters, scrubPII = false } = request;
    const running = registry.get("conversation", name);
    refuseNoInputs(name, inputs);
    const { choices } = await converse(
      running,
      { messages: inputs.map(toMessage), tools: [], metadata: {}, ...(temperature !== undefined && { temperature }) },
      context,
    );
    return {
      contextID: contextID === "" ? undefined : contextID,
      outputs: choices.map(({ text }) => ({ result: scrubPII ? scrubPii(text) : text, parameters })),
    };
  };
}

/** Without ids there are no calls of tools, so what is neither the system's nor the model's is the user's. */
function toMessage({ content, role, scrubPII = false }: conversation.ConversationInput): ConversationMessage {
  const parts = [scrubPII ? scrubPii(content) : content];
  if (role === "assistant" || role === "ai") return { role: "assistant", content: parts, toolCalls: [] };
  return { role: role === "system" ? "system" : "user", content: parts };
}
