import type { Duplex } from "node:stream";

/**
 * Gives what a stream reads to somebody, past the stream's own queue while nothing waits in it. Whoever pauses the stream finds the
 * queue at work. Costs half of what listening alone costs, which counts where each call is an answer of a few bytes.
 */
export function readPastQueue(stream: Duplex, receive: (chunk: Buffer) => void): void {
  const push = stream.push.bind(stream);
  // A socket gives what it reads to its own `push`; what does not come that way comes by the event.
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (stream.readableFlowing !== true || stream.readableLength > 0 || !Buffer.isBuffer(chunk))
      return push(chunk, encoding);
    receive(chunk);
    return true;
  };
  stream.on("data", receive);
}
