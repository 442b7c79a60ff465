import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { frameFlag, frameType } from "../src/http2/frame-types.js";
import { encodeHeaders } from "../src/http2/hpack/encode-headers.js";
import { Http2Connection } from "../src/http2/http2-connection.js";
import type { StreamFailure } from "../src/http2/http2-stream.js";

/** A frame of HTTP/2. */
export function frame(type: number, flags: number, streamId: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

export const settings = frame(frameType.settings, 0, 0);
export const okHead = encodeHeaders([[":status", "200"]]);
export const answerHead = frame(frameType.headers, frameFlag.endHeaders, 1, okHead);

/** How a stream ended, and what came and went on it. */
export interface Outcome {
  readonly failure: StreamFailure | undefined;
  readonly bytes: number;
}

/** Opens one stream to a server that says what the test gives it, in pieces of a size; tells how the stream ended. */
export async function ask(answer: Buffer | ((socket: Socket) => void), pieceBytes = Infinity): Promise<Outcome> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay());
    socket.on("error", () => undefined);
    // Its answer belongs to a request: it waits for the first that comes.
    socket.once("data", () => {
      if (typeof answer === "function") answer(socket);
      else for (let at = 0; at < answer.length; at += pieceBytes) socket.write(answer.subarray(at, at + pieceBytes));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = new Http2Connection(connect((server.address() as AddressInfo).port, "127.0.0.1"), {
    connectTimeoutMs: 300,
    keepAliveMs: 0,
    onClose: () => undefined,
  });
  let bytes = 0;
  const ended = new Promise<StreamFailure | undefined>((resolve) => {
    const stream = connection.open([encodeHeaders([[":method", "POST"]])], {
      onHeaders: (_fields, isEnd) => isEnd && resolve(undefined),
      onData(data, isEnd) {
        bytes += data.length;
        if (isEnd) resolve(undefined);
      },
      onDrain: () => undefined,
      onFailure: resolve,
    });
    stream.send(undefined, true);
  });
  const failure = await ended;
  connection.destroy("the test is over");
  for (const socket of sockets) socket.destroy();
  server.close();
  return { failure, bytes };
}

/** Headers that end the answer of {@link answerHead}. */
export const trailers = frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, 1, okHead);

/**
 * Opens streams to servers that say what is a good answer but for a few bytes, and then leave. None of it may throw or hang, however
 * the streams end.
 *
 * @returns how many streams ended well all the same
 */
export async function askBrokenServers(rounds: number, seed: number): Promise<number> {
  const whole = Buffer.concat([settings, answerHead, frame(frameType.data, 0, 1, Buffer.alloc(40, 5)), trailers]);
  const ending = frame(frameType.goAway, 0, 0, uint32(0, 0));
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  let good = 0;
  for (let round = 0; round < rounds; round++) {
    const broken = Buffer.from(whole);
    for (let change = 0; change <= round % 4; change++) broken[random(broken.length)] = random(256);
    const { failure } = await ask((socket) => socket.end(Buffer.concat([broken, ending])));
    if (failure === undefined) good++;
  }
  return good;
}
