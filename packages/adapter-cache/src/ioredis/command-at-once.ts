import { tracingChannel } from "node:diagnostics_channel";
import { Status, type Reply } from "../resp/reply.js";
import type { SessionStream } from "../session/session-stream.js";
import { mayReplyInThisTurn, replyLater } from "../session/turn-budget.js";
import type { IoredisCommand, IoredisReplyState, IoredisState } from "./client.js";

/** Where ioredis tells who listens of its commands. */
const traced = tracingChannel("ioredis:command");

/**
 * Answers a command without sending it through the stream, where that can be done at once and nobody could tell the difference: no
 * command before it waits for its reply, and nobody follows commands on their way.
 *
 * @returns whether it was answered
 */
export function answerAtOnce(command: IoredisCommand, client: IoredisState, session: SessionStream): boolean {
  if (client.status !== "ready" || client.commandQueue.length > 0 || client.options.stringNumbers === true)
    return false;
  if (isTraced()) return false;
  const reply = session.runAtOnce(command.name, wordsOf(command));
  if (reply === undefined) return false;
  // Private in the original.
  const state = command as IoredisCommand & IoredisReplyState;
  state.setReplyContext?.(client.condition ?? client.options);
  const value = asParsed(reply, state.replyEncoding);
  if (value === undefined) {
    // What is not as simple goes the usual way from here: errors, maps.
    client.commandQueue.push({ command, stream: undefined, select: client.condition?.select ?? 0 });
    session.answer(reply);
    return true;
  }
  if (mayReplyInThisTurn()) command.resolve(value);
  else replyLater(() => command.resolve(value));
  return true;
}

function isTraced(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = traced;
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}

/** The words of a command: text stays text if its characters are its bytes. */
function wordsOf({ name, args }: IoredisCommand): (Buffer | string)[] {
  const words: (Buffer | string)[] = [name];
  for (const argument of args) words.push(wordOf(argument));
  return words;
}

/** ioredis has made text of all that is no bytes. */
function wordOf(argument: unknown): Buffer | string {
  if (typeof argument !== "string") return argument as Buffer;
  return Buffer.byteLength(argument) === argument.length ? argument : Buffer.from(argument);
}

/** What the parser of ioredis gives for a reply; `undefined` for one that had better be sent through it. */
function asParsed(reply: Reply, encoding: string | null | undefined): unknown {
  if (reply === null || typeof reply === "number") return reply;
  if (typeof reply === "bigint") return Number.isSafeInteger(Number(reply)) ? Number(reply) : undefined;
  // Text is made of bytes at once; without an encoding they are the caller's.
  if (Buffer.isBuffer(reply)) return encoding ? reply : Buffer.from(reply);
  if (reply instanceof Status) return encoding ? reply.text : Buffer.from(reply.text);
  if (!Array.isArray(reply)) return undefined;
  // An array of replies: `Array.isArray` does not know that it may be read only.
  const items = (reply as readonly Reply[]).map((item) => asParsed(item, encoding));
  return items.includes(undefined) ? undefined : items;
}
