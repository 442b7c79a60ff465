import { type ComponentContext, MechaError, type MechaErrorCode } from "@mecha/spec";
import { type RedisSettings, redisUrl } from "./redis-settings.js";

/** The first word of Redis's error replies, as far as they differ for a caller. */
const codeByReply: Readonly<Record<string, MechaErrorCode>> = {
  NOAUTH: "UNAUTHENTICATED",
  WRONGPASS: "UNAUTHENTICATED",
  NOPERM: "PERMISSION_DENIED",
  OOM: "RESOURCE_EXHAUSTED",
  LOADING: "UNAVAILABLE",
  READONLY: "UNAVAILABLE",
  MASTERDOWN: "UNAVAILABLE",
  BUSY: "UNAVAILABLE",
  WRONGTYPE: "FAILED_PRECONDITION",
};

/** Whether Redis itself answered with an error, as opposed to a connection that failed. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/** Turns an error reply or a failed connection into a MechaError that names component and server, never credentials. */
export function fromRedis(error: unknown, context: ComponentContext, settings: RedisSettings): MechaError {
  if (MechaError.is(error)) return error;
  const message = withoutPassword(error instanceof Error ? messageOf(error) : String(error), settings);
  const place = `Component "${context.name}" (${context.type}) at ${redisUrl(settings)}`;
  const details = { cause: bareError(error, settings), component: context.name };
  if (!isReplyError(error)) return new MechaError("UNAVAILABLE", `${place} does not answer: ${message}`, details);
  const [word = ""] = message.split(" ", 1);
  return new MechaError(codeByReply[word] ?? "INTERNAL", `${place} refused a command: ${message}`, details);
}

/** Node reports a host with several addresses as an AggregateError without a message. */
function messageOf(error: Error): string {
  if (error.message !== "") return error.message;
  const causes: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join("; ") || error.name;
}

/** A server that does not know AUTH quotes what came with it. */
function withoutPassword(text: string, { password }: RedisSettings): string {
  return password === undefined ? text : text.replaceAll(password, "***");
}

/** The same failure without what ioredis hangs on to it: the command with its arguments, which are passwords or stored values. */
function bareError(error: unknown, settings: RedisSettings): unknown {
  if (!(error instanceof Error)) return error;
  const { cause } = error;
  const bare = new Error(
    withoutPassword(messageOf(error), settings),
    cause === undefined ? undefined : { cause: bareError(cause, settings) },
  );
  bare.name = error.name;
  if (error.stack !== undefined) bare.stack = withoutPassword(error.stack, settings);
  return bare;
}
