import type { IoredisCommand } from "./client.js";

/**
 * Takes the credentials of the old middleware out of a command: they are of no use to the runtime, which has its own, and
 * must not reach whatever is behind it. AUTH goes out as PING and is answered with OK.
 */
export function withoutCredentials(command: IoredisCommand): void {
  const name = command.name.toLowerCase();
  if (name === "auth") {
    const { resolve } = command;
    command.name = "ping";
    command.args = [];
    command.resolve = (reply: unknown) => resolve(isQueued(reply) ? reply : Buffer.from("OK"));
  } else if (name === "hello") {
    const at = command.args.findIndex((argument) => String(argument).toLowerCase() === "auth");
    if (at >= 0) command.args.splice(at, 3);
  }
}

/** Whether a reply says that a command waits for EXEC. */
function isQueued(reply: unknown): boolean {
  return Buffer.isBuffer(reply) ? reply.equals(queued) : reply === "QUEUED";
}

const queued = Buffer.from("QUEUED");
