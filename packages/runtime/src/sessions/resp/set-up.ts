import { once } from "node:events";
import type { Duplex } from "node:stream";
import { ReplyFrames, replyTypes } from "./reply-frames.js";

/** How long a server may take to answer what sets a connection up, in milliseconds. */
const limitMs = 5_000;

/**
 * Sends commands that set a new connection up and waits for their replies.
 *
 * @throws Error if one is refused, or the server does not answer
 */
export async function setUp(server: Duplex, commands: readonly Buffer[]): Promise<void> {
  if (commands.length === 0) return;
  let answered = 0;
  let refusal: string | undefined;
  const replies = new ReplyFrames({
    isPlain: () => false,
    endPlain: () => undefined,
    begin: () => undefined,
    wantsWholeReply: () => false,
    end(type, bytes) {
      answered++;
      if (type === replyTypes.error) refusal ??= bytes.toString("latin1");
      return undefined;
    },
  });
  const timer = setTimeout(() => server.destroy(new Error("no answer")), limitMs);
  server.write(Buffer.concat(commands));
  try {
    while (answered < commands.length) {
      // Without an encoding, a socket gives buffers.
      const chunk = server.read() as Buffer | null;
      if (chunk === null) await once(server, "readable");
      else replies.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  if (refusal !== undefined) throw new Error(refusal);
}
