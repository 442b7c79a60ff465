import type { conversation } from "@mecha/sdk-core/protocol";
import type { ConversationTool } from "@mecha/spec";
import { invalidParams } from "./conversation-messages.js";

/** The tools of a request. */
export function toTools(tools: readonly conversation.ConversationTools[]): readonly ConversationTool[] {
  return tools.flatMap(({ toolTypes }) => {
    if (toolTypes === undefined) return [];
    const { name, description, parameters } = toolTypes.value;
    return [{ name, ...(description !== undefined && { description }), ...(parameters && { parameters }) }];
  });
}

/**
 * Which tool is to be called: `auto` where nothing is said and there are tools.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a tool that is not there, and for `required` without tools
 */
export function toToolChoice(
  componentName: string,
  choice: string,
  tools: readonly ConversationTool[],
): string | undefined {
  if (choice === "") return tools.length > 0 ? "auto" : undefined;
  if (choice === "auto" || choice === "none") return choice;
  const isThere = choice === "required" ? tools.length > 0 : tools.some(({ name }) => name === choice);
  // daprd lets the name of a tool pass where the request has no tools at all; no model can make sense of it.
  if (!isThere) throw invalidParams(componentName);
  return choice;
}
