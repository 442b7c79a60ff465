import { type conversation, daprMethods } from "@mecha/sdk-core/protocol";
import { fromAnys, toAnys } from "../any-json.js";
import { durationMs } from "../../../resources/duration.js";
import { JsonFields } from "../json-fields.js";
import { toDuration } from "../to-duration.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";
import { resultJson, toMessage, toTool } from "./conversation-messages.js";

/** Conversation: `/v1.0-alpha1/conversation/…/converse`, with tools at `/v1.0-alpha2/…`. */
export const conversationRoutes: readonly HttpRoute[] = [
  { verbs: ["POST"], versions: ["v1.0-alpha1"], path: "conversation/:name/converse", answer: converse },
  { verbs: ["POST"], versions: ["v1.0-alpha2"], path: "conversation/:name/converse", answer: converseWithTools },
];

async function converse(context: RouteContext): Promise<void> {
  const body = await context.call.optionalFields();
  const { contextID, outputs } = await context.ask(daprMethods.converseAlpha1, {
    name: param(context, "name"),
    contextID: body.optionalText("contextID"),
    inputs: body.list("inputs").map((one) => {
      const input = new JsonFields(one);
      return {
        content: input.text("content"),
        role: input.optionalText("role"),
        scrubPII: input.optionalBoolean("scrubPII"),
      };
    }),
    parameters: toAnys(body.fields("parameters")),
    metadata: body.texts("metadata"),
    scrubPII: body.optionalBoolean("scrubPII"),
    temperature: body.optionalNumber("temperature"),
  });
  context.call.sendJson({
    ...(contextID !== undefined && { contextID }),
    outputs: outputs.map(({ result, parameters }) => ({
      result,
      ...(Object.keys(parameters).length > 0 && { parameters: fromAnys(parameters) }),
    })),
  });
}

async function converseWithTools(context: RouteContext): Promise<void> {
  const body = await context.call.optionalFields();
  const request = {
    name: param(context, "name"),
    contextId: body.optionalText("contextId"),
    inputs: body.list("inputs").map((one): conversation.ConversationInputAlpha2 => {
      const input = new JsonFields(one);
      return { messages: input.list("messages").map(toMessage), scrubPii: input.optionalBoolean("scrubPii") };
    }),
    parameters: toAnys(body.fields("parameters")),
    metadata: body.texts("metadata"),
    scrubPii: body.optionalBoolean("scrubPii"),
    temperature: body.optionalNumber("temperature"),
    tools: body.list("tools").map(toTool),
    toolChoice: body.optionalText("toolChoice"),
    responseFormat: body.any("responseFormat") === undefined ? undefined : body.fields("responseFormat").all,
    promptCacheRetention: durationOf(body.optionalText("promptCacheRetention")),
  };
  const { contextId, outputs } = await context.ask(daprMethods.converseAlpha2, request);
  context.call.sendJson({ ...(contextId !== undefined && { contextId }), outputs: outputs.map(resultJson) });
}

/** A duration as protobuf writes it in JSON: seconds, with an `s`. */
function durationOf(text: string | undefined): conversation.ConversationRequestAlpha2["promptCacheRetention"] {
  const ms = text === undefined ? undefined : durationMs(text);
  return ms === undefined ? undefined : toDuration(ms);
}
