import {
  type ComponentContext,
  type ComponentDefinition,
  type ConversationRequest,
  MechaError,
  type MechaErrorCode,
} from "@mecha/spec";
import { openaiReply } from "./openai-reply.js";
import { openaiRequest } from "./openai-request.js";
import { type OpenaiSettings, readOpenaiSettings } from "./openai-settings.js";
import { createReplyCache } from "./reply-cache.js";

/**
 * `conversation.openai`: a model behind OpenAI's API for chat completions, whoever serves it; as in components-contrib 1.18.
 *
 * Metadata: `key`; `model` (default `gpt-5-nano`); `endpoint` (default `https://api.openai.com/v1`), the address that
 * `/chat/completions` follows; `apiType` `azure` with `apiVersion` for Azure; `responseCacheTTL`, for how long an answer is given again
 * to the same request.
 */
export const component: ComponentDefinition<"conversation"> = {
  type: "conversation.openai",
  async create(context) {
    const settings = readOpenaiSettings(context);
    const cache = createReplyCache(settings.responseCacheTtlMs);
    const closing = new AbortController();
    return {
      backend: settings.url.origin,
      async converse(request, options) {
        refuseOddParts(context, request);
        const body = JSON.stringify(openaiRequest(settings.model, request));
        const known = cache.get(body);
        if (known !== undefined) return known;
        const signal =
          options?.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
        const answer = await complete(context, settings, { body, signal });
        const reply = openaiReply(answer);
        if (reply === undefined) throw failure(context, "INTERNAL", "answered what is no chat completion");
        const { choices } = reply;
        const isEmpty = choices.every(({ text, toolCalls }) => text === "" && toolCalls.length === 0);
        if (request.toolChoice === "required" && isEmpty) {
          throw failure(
            context,
            "INTERNAL",
            "answered neither text nor a call of one of the tools, which was required",
          );
        }
        // As daprd, and not the exact version that the server may name.
        const named = { ...reply, model: settings.model };
        cache.set(body, named);
        return named;
      },
      async close() {
        closing.abort(failure(context, "UNAVAILABLE", "is closed"));
      },
    };
  },
};

/** As daprd: OpenAI takes one answer for each call of a tool. */
function refuseOddParts(context: ComponentContext, { messages }: ConversationRequest): void {
  const odd = messages.find(({ role, content }) => role === "tool" && content.length !== 1);
  if (odd === undefined) return;
  const count = String(odd.content.length);
  throw failure(context, "INVALID_ARGUMENT", `takes a tool's answer in one part, and not in ${count}`);
}

async function complete(
  context: ComponentContext,
  { url, headers, key }: OpenaiSettings,
  { body, signal }: { readonly body: string; readonly signal: AbortSignal },
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal,
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    const problem = problemOf(text).replaceAll(key, "***");
    throw failure(context, codeOf(response.status), `answered ${String(response.status)}: ${problem}`);
  } catch (error) {
    if (MechaError.is(error)) throw error;
    if (signal.aborted) throw MechaError.from(signal.reason, `Component "${context.name}" (${context.type})`);
    if (error instanceof SyntaxError) throw failure(context, "INTERNAL", "answered what is no JSON");
    throw failure(context, "UNAVAILABLE", `at ${url.origin} does not answer: ${reasonOf(error)}`, error);
  }
}

function failure(context: ComponentContext, code: MechaErrorCode, problem: string, cause?: unknown): MechaError {
  return new MechaError(code, `Component "${context.name}" (${context.type}) ${problem}`, {
    component: context.name,
    operation: "conversation.converse",
    ...(cause !== undefined && { cause }),
  });
}

/** The message in an error of OpenAI's, else the beginning of the answer. */
function problemOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    if (typeof error?.message === "string") return error.message.slice(0, 500);
  } catch {
    // no JSON: a proxy's page, perhaps
  }
  return text.slice(0, 200);
}

/** `fetch` says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return String(cause ?? error);
}

function codeOf(status: number): MechaErrorCode {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "RESOURCE_EXHAUSTED";
  return status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE";
}
