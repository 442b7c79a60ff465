import type { Socket } from "node:net";
import { encodePeerFrame, PeerFrameReader, type PeerFrame } from "./peer-frame.js";

/** A socket that carries frames. */
export interface PeerSocket {
  readonly socket: Socket;
  /** Sends a frame; all of one turn of the event loop go in one write. */
  send(frame: Omit<PeerFrame, "body"> & { readonly body?: Uint8Array }): void;
}

/**
 * Makes frames of a socket's bytes. A socket that breaks, or carries anything else than frames, is destroyed; its `close` event
 * tells that it is over.
 */
export function framesOver(socket: Socket, maxMessageBytes: number, onFrame: (frame: PeerFrame) => void): PeerSocket {
  const reader = new PeerFrameReader(maxMessageBytes);
  let corked = false;
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const frame of reader.read(chunk)) onFrame(frame);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  // Whoever waits for an answer hears of it by `close`.
  socket.on("error", () => undefined);
  return {
    socket,
    send(frame) {
      if (socket.destroyed || socket.writableEnded) return;
      if (!corked) {
        corked = true;
        socket.cork();
        process.nextTick(() => {
          corked = false;
          socket.uncork();
        });
      }
      socket.write(encodePeerFrame(frame));
    },
  };
}
