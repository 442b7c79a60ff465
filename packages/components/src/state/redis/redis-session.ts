import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ComponentContext, MechaError, type NativeSession, type NativeSessionOptions } from "@mecha/spec";
import { fromRedis } from "./redis-error.js";
import type { RedisSettings } from "./redis-settings.js";

/**
 * Opens a connection of its own, authenticated and with its database selected, and hands the socket out. Rejects within
 * `dialTimeoutMs`.
 */
export async function openRedisSession(
  context: ComponentContext,
  settings: RedisSettings,
  { database = settings.database, signal }: NativeSessionOptions,
): Promise<NativeSession> {
  throwIfCancelled(signal, context);
  const socket = dial(settings);
  try {
    await shakeHands(socket, handshake(settings, database), { dialTimeoutMs: settings.dialTimeoutMs, signal });
    return { protocol: "resp", stream: socket };
  } catch (error) {
    socket.destroy();
    throwIfCancelled(signal, context);
    throw fromRedis(error, context, settings);
  }
}

function throwIfCancelled(signal: AbortSignal | undefined, context: ComponentContext): void {
  if (signal?.aborted === true) throw MechaError.from(signal.reason, `Session of "${context.name}"`);
}

function dial({ host, port, tls }: RedisSettings): Socket {
  if (tls === undefined) return connectTcp({ host, port, noDelay: true });
  // An address is no server name (RFC 6066).
  const socket = connectTls({ ...tls, host, port, ...(isIP(host) === 0 && { servername: host }) });
  socket.setNoDelay(true);
  return socket;
}

function handshake({ username, password }: RedisSettings, database: number): readonly (readonly string[])[] {
  const commands: string[][] = [];
  if (password !== undefined) commands.push(username === undefined ? ["AUTH", password] : ["AUTH", username, password]);
  // Always sent, so that a server that is not Redis, or wants a password, is noticed here.
  commands.push(["SELECT", String(database)]);
  return commands;
}

/** Sends commands and waits for as many `+OK`. Reads through `readable`, which leaves the stream as if never read from. */
function shakeHands(
  socket: Socket,
  commands: readonly (readonly string[])[],
  { dialTimeoutMs, signal }: { readonly dialTimeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let received = "";
    let answered = 0;
    const timer = setTimeout(() => {
      settle(new Error(`no answer within ${String(dialTimeoutMs)} ms`));
    }, dialTimeoutMs);
    const onEnd = (): void => {
      settle(new Error("the server closed the connection"));
    };
    const onAbort = (): void => {
      settle(new Error("aborted"));
    };

    function settle(error?: Error): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("readable", onReadable).off("error", settle).off("end", onEnd).off("close", onEnd);
      if (error === undefined) {
        resolve();
        return;
      }
      // What the dying socket still says is of no interest, but must not be unhandled.
      socket.on("error", () => undefined);
      reject(error);
    }

    function onReadable(): void {
      // Without an encoding, a socket gives buffers.
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      received += chunk.toString("latin1");
      for (;;) {
        const end = received.indexOf("\r\n");
        if (end < 0) return;
        const line = received.slice(0, end);
        received = received.slice(end + 2);
        if (!line.startsWith("+")) {
          settle(Object.assign(new Error(line.replace(/^-/, "")), { name: "ReplyError" }));
          return;
        }
        if (++answered === commands.length) {
          settle();
          return;
        }
      }
    }

    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("readable", onReadable).on("error", settle).on("end", onEnd).on("close", onEnd);
    socket.write(commands.map(encodeCommand).join(""));
  });
}

/** A command as RESP has it: an array of bulk strings. */
export function encodeCommand(words: readonly string[]): string {
  const bulk = words.map((word) => `$${String(Buffer.byteLength(word))}\r\n${word}\r\n`);
  return `*${String(words.length)}\r\n${bulk.join("")}`;
}
