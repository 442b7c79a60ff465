import { Readable } from "node:stream";
import type { CallContext, StreamedInvocation, StreamedReply } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import { AttemptContext } from "./attempt-context.js";
import { isPolicyFailure } from "./policy-failure.js";
import type { Policy } from "./policy.js";

/** A service invocation that came over HTTP. */
export interface HttpInvocation {
  /** Who is called: an app id, the name of an HTTPEndpoint, an address. */
  readonly id: string;
  readonly invocation: StreamedInvocation;
  readonly context: CallContext;
  /** Reads the request's body to its end. */
  readonly readWhole: () => Promise<Buffer>;
  /** Whether an error is the app's own answer, as apps that speak gRPC give it, and not one of the way there. */
  readonly isOfApp: (error: MechaError) => boolean;
}

/** Makes one call. */
export type SendInvocation = (
  invocation: StreamedInvocation,
  context: CallContext,
  readWhole: () => Promise<Buffer>,
) => Promise<StreamedReply>;

/**
 * Invokes over HTTP under a policy, as daprd: a status outside of 200 to 399 is a failure that `matching` is asked of; what an app
 * says by gRPC's status is not. A body of unknown length (in chunks) streams and is not sent again. The timeout is for the time until
 * the answer begins.
 */
export async function invokeByPolicy(
  policy: Policy,
  { id, invocation, context, readWhole, isOfApp }: HttpInvocation,
  send: SendInvocation,
): Promise<StreamedReply> {
  const isOnce = context.metadata["transfer-encoding"] !== undefined;
  const whole = policy.hasRetries && !isOnce ? await readWhole() : undefined;
  let unused: StreamedReply | undefined;
  const attempt = async (signal: AbortSignal | undefined): Promise<Answer> => {
    dispose(unused);
    const own = new AttemptContext(context, signal);
    const sending =
      whole === undefined
        ? send(invocation, own, readWhole)
        : send({ ...invocation, body: Readable.from([whole]) }, own, () => Promise.resolve(whole));
    const reply = await sending.catch((thrown: unknown) => {
      const error = MechaError.from(thrown);
      if (isOfApp(error)) return error;
      throw error;
    });
    if (MechaError.is(reply)) return reply;
    if (signal?.aborted === true) {
      dispose(reply);
      throw new MechaError("CANCELLED", "The answer came too late");
    }
    own.send();
    if (isSuccess(reply)) return reply;
    unused = reply;
    throw new Refused(reply);
  };
  const settings = { signal: context.signal, statusOf, isFinal: () => isOnce };
  const answer = await policy.run(attempt, settings).catch((error: unknown) => {
    if (error instanceof Refused) return error.reply;
    dispose(unused);
    throw isPolicyFailure(error)
      ? daprError("directInvoke", `failed to invoke, id: ${id}, err: ${error.message}`, { cause: error })
      : error;
  });
  if (MechaError.is(answer)) throw answer;
  return answer;
}

type Answer = StreamedReply | MechaError;

/** An answer whose status is a failure: the caller gets it if it is the last. */
class Refused extends Error {
  readonly reply: StreamedReply;

  constructor(reply: StreamedReply) {
    super(`the app answered with status ${String(reply.status)}`);
    this.reply = reply;
  }
}

function isSuccess({ status = 200 }: StreamedReply): boolean {
  return status >= 200 && status <= 399;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Refused ? error.reply.status : undefined;
}

/** Frees the connection of an answer that nobody reads. */
function dispose(reply: StreamedReply | undefined): void {
  if (reply?.body instanceof Readable) reply.body.destroy();
}
