import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { frameFlag, frameType } from "./frame-types.js";
import { encodeHeaders } from "./hpack/encode-headers.js";
import { Http2Connection } from "./http2-connection.js";
import type { StreamFailure } from "./http2-stream.js";

/** A frame of HTTP/2. */
function frame(type: number, flags: number, streamId: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

const settings = frame(frameType.settings, 0, 0);
const okHead = encodeHeaders([[":status", "200"]]);
const answerHead = frame(frameType.headers, frameFlag.endHeaders, 1, okHead);

interface Outcome {
  readonly failure: StreamFailure | undefined;
  readonly bytes: number;
  readonly received: Buffer;
}

/** Opens one stream to a server that says what the test gives it, in pieces of a size; tells how the stream ended. */
async function ask(answer: Buffer | ((socket: Socket) => void), pieceBytes = Infinity): Promise<Outcome> {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay());
    socket.on("error", () => undefined);
    // Its answer belongs to a request: it waits for the first that comes.
    socket.once("data", () => {
      if (typeof answer === "function") answer(socket);
      else for (let at = 0; at < answer.length; at += pieceBytes) socket.write(answer.subarray(at, at + pieceBytes));
    });
    socket.on("data", (chunk) => received.push(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = new Http2Connection(connect((server.address() as AddressInfo).port, "127.0.0.1"), {
    connectTimeoutMs: 300,
    keepAliveMs: 0,
    onClose: () => undefined,
  });
  onTestFinished(() => {
    connection.destroy("the test is over");
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  let bytes = 0;
  const failure = await new Promise<StreamFailure | undefined>((resolve) => {
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
  return { failure, bytes, received: Buffer.concat(received) };
}

const trailers = frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, 1, okHead);

describe("a connection to a server that", () => {
  it.each([1, 2, 7])("sends crumbs of %d bytes reads its answer", async (pieceBytes) => {
    const body = frame(frameType.data, 0, 1, Buffer.alloc(3000, 5));
    const whole = Buffer.concat([settings, answerHead, body, frame(frameType.data, 0, 1), trailers]);
    expect(await ask(whole, pieceBytes)).toMatchObject({ failure: undefined, bytes: 3000 });
  });

  it("sends frames of types that nobody knows, priorities and pings goes on", async () => {
    const ping = frame(frameType.ping, 0, 0, Buffer.from("12345678"));
    const strange = [frame(0x42, 0xff, 1, Buffer.from("?")), frame(2, 0, 1, Buffer.alloc(5)), ping];
    const padded = frame(frameType.data, frameFlag.padded, 1, Buffer.from([3, 7, 7, 0, 0, 0]));
    const outcome = await ask(Buffer.concat([settings, answerHead, ...strange, padded, trailers]));
    expect(outcome).toMatchObject({ failure: undefined, bytes: 2 });
    await expect.poll(() => outcome.received.length).toBeGreaterThan(0);
  });

  it.each([
    ["speaks HTTP/1", Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), /speaks HTTP\/1; is this/],
    ["speaks something else", Buffer.from("+PONG\r\n+PONG\r\n+PONG\r\n"), /speaks no HTTP\/2/],
    ["does not begin with settings", answerHead, /speaks no HTTP\/2/],
  ])("%s is told from one that broke, and got nothing", async (_what, answer, reason) => {
    const { failure } = await ask(answer);
    expect(failure).toMatchObject({ kind: "lost", isUnsent: true, reason: expect.stringMatching(reason) as string });
  });

  it("says nothing is given up", async () => {
    const { failure } = await ask(() => undefined);
    expect(failure).toMatchObject({ kind: "lost", isUnsent: true, reason: "no answer within 0.3 s" });
  });

  const tooMany = Array.from({ length: 40 }, () => frame(frameType.continuation, 0, 1, Buffer.alloc(16_000)));
  it.each<[string, Buffer]>([
    ["sends a frame that is too large", frame(frameType.data, 0, 1, Buffer.alloc(16_385))],
    ["promises a push", frame(frameType.pushPromise, 4, 1, uint32(2))],
    ["answers a stream that does not exist", frame(frameType.headers, 5, 7, okHead)],
    ["opens a stream of its own", frame(frameType.headers, 5, 2, okHead)],
    ["sends headers on no stream", frame(frameType.headers, 5, 0, okHead)],
    ["sends data on no stream", frame(frameType.data, 0, 0, Buffer.from("x"))],
    ["interrupts its headers", Buffer.concat([frame(frameType.headers, 0, 1, okHead), settings])],
    ["goes on with headers that did not begin", frame(frameType.continuation, 4, 1, okHead)],
    ["never ends its headers", Buffer.concat([frame(frameType.headers, 0, 1, okHead), ...tooMany])],
    ["sends headers that are no HPACK", frame(frameType.headers, 4, 1, Buffer.from([0xff, 0xff]))],
    ["pads more than there is", frame(frameType.headers, 4 | frameFlag.padded, 1, Buffer.from([9, 0x88]))],
    ["pads data more than there is", frame(frameType.data, frameFlag.padded, 1, Buffer.from([9, 1]))],
    ["sends settings that are cut off", frame(frameType.settings, 0, 0, Buffer.alloc(5))],
    ["wants frames that are too small", frame(frameType.settings, 0, 0, Buffer.from([0, 5, 0, 0, 0, 1]))],
    ["wants a window that is too large", frame(frameType.settings, 0, 0, Buffer.from([0, 4, 255, 255, 255, 255]))],
    ["lets a window grow by nothing", frame(frameType.windowUpdate, 0, 1, uint32(0))],
    ["lets a window grow too large", frame(frameType.windowUpdate, 0, 0, uint32(2 ** 31 - 1))],
    ["sends a ping of the wrong size", frame(frameType.ping, 0, 0, Buffer.alloc(7))],
    ["sends a reset that is cut off", frame(frameType.resetStream, 0, 1, Buffer.alloc(2))],
  ])("%s is left", async (_what, broken) => {
    const { failure } = await ask(Buffer.concat([settings, answerHead, broken]));
    expect(failure).toMatchObject({
      kind: "lost",
      isUnsent: false,
      reason: expect.stringContaining("broke the rules of HTTP/2") as string,
    });
  });

  it("sends more than it was granted is left", async () => {
    const flood = Array.from({ length: 70 }, () => frame(frameType.data, 0, 1, Buffer.alloc(16_384)));
    const { failure } = await ask(Buffer.concat([settings, answerHead, ...flood]));
    expect(failure).toMatchObject({ kind: "lost", reason: expect.stringContaining("granted") as string });
  });

  it("wants answers to pings and reads none of them is left", async () => {
    const { failure } = await ask((socket) => {
      socket.write(settings);
      socket.pause();
      const pings = Buffer.concat(Array.from({ length: 4000 }, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))));
      const more = (): void => {
        if (!socket.destroyed) socket.write(pings, () => setImmediate(more));
      };
      more();
    });
    expect(failure).toMatchObject({ kind: "lost", reason: expect.stringContaining("does not read") as string });
  });

  it("is leaving names what it has not looked at", async () => {
    const { failure } = await ask(Buffer.concat([settings, frame(frameType.goAway, 0, 0, uint32(0, 0))]));
    expect(failure).toMatchObject({ kind: "lost", isUnsent: true });
  });

  it("sends broken frames ends streams, and nothing hangs or throws", async () => {
    const whole = Buffer.concat([settings, answerHead, frame(frameType.data, 0, 1, Buffer.alloc(40, 5)), trailers]);
    let state = 20_261_123;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 150; round++) {
      const broken = Buffer.from(whole);
      for (let change = 0; change <= round % 4; change++) broken[random(broken.length)] = random(256);
      const ending = frame(frameType.goAway, 0, 0, uint32(0, 0));
      await ask((socket) => socket.end(Buffer.concat([broken, ending])));
    }
  }, 30_000);
});
