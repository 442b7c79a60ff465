import type { Socket } from "node:net";
import { PeerFrameReader, type PeerFrame } from "./peer-frame.js";

/** A socket that carries frames. */
export interface PeerSocket {
  readonly socket: Socket;
  /** Sends an encoded frame; all of one turn of the event loop go in one write. */
  send(frame: Buffer): void;
  /** Ends this side after what was sent. */
  end(): void;
}

/**
 * Makes frames of a socket's bytes. A socket that breaks, or carries anything else than frames, is destroyed; its `close` event
 * tells that it is over.
 */
export function framesOver(socket: Socket, maxMessageBytes: number, onFrame: (frame: PeerFrame) => void): PeerSocket {
  const reader = new PeerFrameReader(maxMessageBytes);
  let waiting: Buffer[] = [];
  const flush = (): void => {
    const [first, ...others] = waiting;
    waiting = [];
    if (first === undefined || socket.destroyed || socket.writableEnded) return;
    socket.write(others.length === 0 ? first : Buffer.concat([first, ...others]));
  };
  socket.on("data", (chunk: Buffer) => {
    try {
      reader.read(chunk, onFrame);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  // Whoever waits for an answer hears of it by `close`.
  socket.on("error", () => undefined);
  return {
    socket,
    send(frame) {
      if (waiting.push(frame) === 1) process.nextTick(flush);
    },
    end() {
      flush();
      socket.end();
    },
  };
}
