/** What is read of a request for a chat completion. */
interface CompletionRequest {
  readonly model?: string;
  readonly messages?: readonly CompletionMessage[];
  readonly tools?: readonly {
    readonly function: { readonly name: string; readonly parameters?: { readonly properties?: object } };
  }[];
}

interface CompletionMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly text: string }[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly CompletionCall[];
}

interface CompletionCall {
  readonly id?: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * The chat completion of a model that does what Dapr's `conversation.echo` does: it says the texts of all messages, a line each, and calls
 * every tool, its arguments being the names of its parameters. A token is a word.
 */
export function echoCompletion(request: Readonly<Record<string, unknown>>): unknown {
  // What OpenAI's API has.
  const { model, messages = [], tools = [] } = request as CompletionRequest;
  const asked = messages.flatMap(({ tool_calls: calls = [] }) => calls);
  const content = messages.flatMap((message) => linesOf(message, asked)).join("\n");
  const offered = tools.map(({ function: { name, parameters } }, index): CompletionCall => {
    const names = Object.keys(parameters?.properties ?? {});
    return { id: String(index), type: "function", function: { name, arguments: names.sort().join(",") } };
  });
  const calls = [...offered, ...asked];
  const tokens = content.split(/\s+/).filter((word) => word !== "").length;
  return {
    model,
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? "tool_calls" : "stop",
        message: { role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) },
      },
    ],
    usage: { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens * 2 },
  };
}

function linesOf({ role, content, tool_call_id: id = "" }: CompletionMessage, calls: readonly CompletionCall[]) {
  const texts = typeof content === "string" ? [content] : (content ?? []).map(({ text }) => text);
  // An empty text is what a message without parts is sent with.
  if (role !== "tool") return texts.filter((text) => text !== "");
  const name = calls.find((call) => call.id === id)?.function.name ?? "";
  return texts.map((text) => `Tool Response for tool ID '${id}' with name '${name}': ${text}`);
}
