import { connect } from "node:net";

/** What a server sent on a connection until it ended it. */
export interface RawAnswer {
  readonly text: string;
  /** Of the first response; 0 if there is none. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** How to end a connection. */
export interface RawOptions {
  /** The answer is waited for so long. @defaultValue until the server ends the connection */
  readonly waitMs?: number;
  /**
   * Leaves the end to the server, as clients do: Node's takes one who ends his side for one who is gone, and answers only what it can
   * answer at once. For requests that are whole.
   *
   * @defaultValue false
   */
  readonly leavesOpen?: boolean;
}

/** Sends bytes as they are, ends its side, and waits until the other side ends, too. */
export function sendRaw(
  port: number,
  bytes: Uint8Array,
  { waitMs, leavesOpen = false }: RawOptions = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("data", (piece) => pieces.push(piece));
    // A server that cuts a connection has answered, too.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(answerOf(Buffer.concat(pieces).toString("utf8"))));
    const sent = (): void => {
      if (waitMs !== undefined) setTimeout(() => socket.destroy(), waitMs);
    };
    if (leavesOpen) socket.write(bytes, sent);
    else socket.end(bytes, sent);
  });
}

function answerOf(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  // What was one request to its sender may be two to the server, and so are its answers.
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
  const rest = end < 0 ? Buffer.alloc(0) : Buffer.from(text.slice(end + 4));
  const body = rest.subarray(0, length).toString("utf8");
  return { text, head, body, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0) };
}
