import {
  common,
  daprMethods,
  type CallContext,
  type StreamedInvocation,
  type StreamedReply,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { callerMetadata } from "../access/caller.js";
import { wholeAnswerKey } from "../app-channel/whole-answer.js";
import { withMetadata } from "../doors/derived-call.js";
import type { AttachedApps } from "./attached-apps.js";
import { localAppId } from "./local-app-id.js";

/** What an invocation over HTTP is answered by. */
export interface HttpInvocationParts {
  /** The app of the runtime. */
  readonly appId: string;
  readonly apps: Pick<AttachedApps, "canInvokeStreamed" | "invokeStreamed">;
  /** Asks the runtime as any door does. */
  readonly ask: <I, O>(method: UnaryMethod<I, O>, request: I, context: CallContext) => Promise<O>;
  /** Largest body of a call that goes to another process, which passes it whole. */
  readonly readWhole: () => Promise<Buffer>;
}

/**
 * Service invocation as HTTP has it, with verbs, statuses and streaming bodies. Bodies stream to and from the app of this runtime;
 * those for other processes of the machine go whole.
 */
export async function invokeOverHttp(
  target: string,
  invocation: StreamedInvocation,
  context: CallContext,
  { appId, apps, ask, readWhole }: HttpInvocationParts,
): Promise<StreamedReply> {
  const callee = target === appId ? target : localAppId(target);
  const metadata = { ...context.metadata, ...callerMetadata(appId), "dapr-callee-app-id": callee };
  if (callee === appId && apps.canInvokeStreamed)
    return apps.invokeStreamed(invocation, withMetadata(context, metadata));
  const { method, verb, querystring, contentType } = invocation;
  const message = {
    method,
    contentType,
    data: { typeUrl: "", value: await readWhole() },
    httpExtension: { verb: verbNumber(verb), querystring },
  };
  const headers: Record<string, string> = {};
  const asking = new Asking(withMetadata(context, { ...metadata, [wholeAnswerKey]: "1" }), headers);
  const reply = await ask(daprMethods.invokeService, { id: target, message }, asking);
  const { "dapr-http-status": status, ...rest } = headers;
  return {
    status: status === undefined ? undefined : Number(status),
    headers: rest,
    contentType: reply.contentType,
    body: reply.data?.value ?? Buffer.alloc(0),
  };
}

/** A call whose headers and trailers go into the answer. */
class Asking implements CallContext {
  readonly metadata: CallContext["metadata"];
  readonly peer: string;
  readonly #original: CallContext;
  readonly #headers: Record<string, string>;

  constructor(original: CallContext, headers: Record<string, string>) {
    this.metadata = original.metadata;
    this.peer = original.peer;
    this.#original = original;
    this.#headers = headers;
  }

  get signal(): AbortSignal {
    return this.#original.signal;
  }

  setHeader(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value;
  }

  setTrailer(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value;
  }
}

function verbNumber(verb: string): common.HTTPExtension_Verb {
  const verbs = common.HTTPExtension_Verb;
  if (verb in verbs) return verbs[verb as keyof typeof verbs];
  throw new MechaError("INVALID_ARGUMENT", `invalid HTTP verb ${verb}`, { operation: "invocation.invoke" });
}
