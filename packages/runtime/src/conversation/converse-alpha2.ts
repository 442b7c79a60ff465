import type { conversation, UnaryHandler } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { toMessages } from "./conversation-messages.js";
import { toResults } from "./conversation-result.js";
import { toToolChoice, toTools } from "./conversation-tools.js";
import { converse, refuseNoInputs } from "./converse.js";

/** Dapr's ConverseAlpha2: one turn of a conversation, with tools. daprd makes nothing of `parameters`, and neither do we. */
export function converseAlpha2(
  registry: Registry,
): UnaryHandler<conversation.ConversationRequestAlpha2, conversation.ConversationResponseAlpha2> {
  return async (request, context) => {
    const { name, inputs, contextId, temperature, responseFormat, promptCacheRetention: retention } = request;
    const running = registry.get("conversation", name);
    refuseNoInputs(name, inputs);
    const messages = toMessages(name, inputs);
    const tools = toTools(request.tools);
    const toolChoice = toToolChoice(name, request.toolChoice ?? "", tools);
    const turn = {
      messages,
      tools,
      metadata: { ...request.metadata },
      ...(toolChoice !== undefined && { toolChoice }),
      ...(temperature !== undefined && { temperature }),
      ...(responseFormat && { responseFormat }),
      ...(retention && { promptCacheRetentionMs: Number(retention.seconds) * 1_000 + retention.nanos / 1e6 }),
    };
    const reply = await converse(running, turn, context);
    return {
      contextId: contextId === "" ? undefined : contextId,
      outputs: toResults(reply, request.scrubPii ?? false),
    };
  };
}
