import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { MechaError } from "@mecha/spec";
import type { Policy } from "../../resiliency/policy.js";
import { AppFailure, callApp, type AppEnding } from "./call-app.js";
import { joinCalls } from "./join-calls.js";
import { ProxiedAnswer } from "./proxied-answer.js";
import { RepeatableRequest } from "./repeatable-request.js";

/** A call that is passed to an app. */
export interface ProxiedCall {
  readonly caller: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** Begins the same call at the app. */
  readonly open: () => Promise<ClientHttp2Stream>;
  /** Largest request that is kept to be sent again, in bytes. */
  readonly maxMessageBytes: number;
}

/** What daprd takes for true. */
const truths = new Set(["y", "yes", "true", "t", "on", "1"]);

/**
 * Passes a call under a policy, as daprd: a unary one from its start to its end; of a stream, which its caller calls so by the
 * metadata `dapr-stream`, only that the app is reached. Never rejects: what fails becomes the status of the call.
 */
export async function passByPolicy(policy: Policy, call: ProxiedCall): Promise<void> {
  const { caller, headers } = call;
  const answer = new ProxiedAnswer(caller);
  const gone = new AbortController();
  caller.once("close", () => {
    gone.abort();
  });
  if (caller.closed || caller.destroyed) return;
  try {
    if (saysStream(headers)) joinCalls(caller, await beginByPolicy(policy, call, gone.signal));
    else answer.end(await callByPolicy(policy, { ...call, answer }, gone.signal));
  } catch (thrown) {
    if (thrown instanceof AppFailure) answer.end(thrown.ending);
    else answer.fail(MechaError.from(thrown, "The gRPC server of the app cannot be reached"));
  }
}

function saysStream({ "dapr-stream": said = "" }: IncomingHttpHeaders): boolean {
  return truths.has(String(said).trim().toLowerCase());
}

/** What comes after that is between the caller and the app. */
function beginByPolicy(policy: Policy, { open }: ProxiedCall, signal: AbortSignal): Promise<ClientHttp2Stream> {
  const begin = async (until: AbortSignal | undefined): Promise<ClientHttp2Stream> => {
    const app = await open();
    if (until?.aborted !== true) return app;
    app.close(constants.NGHTTP2_CANCEL);
    throw MechaError.from(until.reason, "The call was given up");
  };
  return policy.run(begin, { signal });
}

/** An attempt of which the caller has seen a message is the last: daprd would send it those of the next one as well. */
function callByPolicy(
  policy: Policy,
  { caller, open, maxMessageBytes, answer }: ProxiedCall & { readonly answer: ProxiedAnswer },
  signal: AbortSignal,
): Promise<AppEnding> {
  const request = policy.hasRetries ? new RepeatableRequest(caller, maxMessageBytes) : undefined;
  const attempt = async (until: AbortSignal | undefined): Promise<AppEnding> => {
    const app = await open();
    return callApp(app, {
      signal: until,
      send: (to) => (request === undefined ? void caller.pipe(to) : request.sendTo(to)),
      onPiece: (piece, headers) => answer.pass(piece, headers, app),
    });
  };
  const isFinal = (): boolean => answer.hasBegun || request?.failure !== undefined;
  return policy.run(attempt, { signal, statusOf, isFinal });
}

/** Of an app that was not reached there is none: it is tried again in any case, as by daprd. */
function statusOf(error: unknown): number | undefined {
  return error instanceof AppFailure ? error.status : undefined;
}
