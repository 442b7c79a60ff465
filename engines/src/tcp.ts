import { connect } from "node:net";

/** Sends bytes to a loopback port and collects the answer until `isComplete` says so. */
export function exchange(
  port: number,
  request: Uint8Array | string,
  isComplete: (received: Buffer) => boolean,
  timeoutMs = 3_000,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(request));
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`127.0.0.1:${port} gave no answer within ${timeoutMs} ms`)));
    socket.once("error", fail);
    socket.once("close", () =>
      fail(new Error(`127.0.0.1:${port} closed the connection before its answer was complete`)),
    );
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!isComplete(received)) return;
      resolve(received);
      socket.destroy();
    });
  });
}

/** Whether somebody accepts connections on a loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
