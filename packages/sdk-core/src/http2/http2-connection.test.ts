import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants, createServer, type Http2Server, type ServerHttp2Stream, type ServerOptions } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { encodeHeaders } from "./hpack/encode-headers.js";
import type { HeaderField } from "./hpack/header-decoder.js";
import { Http2Connection } from "./http2-connection.js";
import type { Http2Stream, StreamFailure, StreamListener } from "./http2-stream.js";

/** An answer that is being received. */
class Answer implements StreamListener {
  readonly headers: (readonly HeaderField[])[] = [];
  readonly #hash = createHash("sha256");
  readonly over: Promise<StreamFailure | undefined>;
  bytes = 0;
  stream!: Http2Stream;
  onDrain: () => void = () => undefined;
  #resolve: (failure?: StreamFailure) => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#resolve = resolve));
  }

  get digest(): string {
    return this.#hash.digest("hex");
  }

  value(name: string): string | undefined {
    return this.headers.flat().find((field) => field[0] === name)?.[1];
  }

  onHeaders(fields: readonly HeaderField[], isEnd: boolean): void {
    this.headers.push(fields);
    if (isEnd) this.#resolve();
  }

  onData(bytes: Buffer, isEnd: boolean): void {
    this.bytes += bytes.length;
    this.#hash.update(bytes);
    this.stream.credit();
    if (isEnd) this.#resolve();
  }

  onFailure(failure: StreamFailure): void {
    this.#resolve(failure);
  }
}

type Handler = (stream: ServerHttp2Stream, server: Http2Server) => void;

/** A connection to a server of node:http2 (nghttp2). */
async function connectTo(handler: Handler, options: ServerOptions = {}) {
  const server = createServer(options);
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    handler(stream, server);
  });
  server.on("session", (session) => session.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const reasons: string[] = [];
  const connection = new Http2Connection(connect((server.address() as AddressInfo).port, "127.0.0.1"), {
    connectTimeoutMs: 5000,
    keepAliveMs: 0,
    onClose: (reason) => reasons.push(reason),
  });
  onTestFinished(() => {
    connection.destroy("the test is over");
    server.close();
  });
  const open = (path = "/", extra: readonly HeaderField[] = []): Answer => {
    const head = encodeHeaders([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", path],
      [":authority", "test"],
      ...extra,
    ]);
    const answer = new Answer();
    answer.stream = connection.open([head], answer);
    return answer;
  };
  return { connection, open, reasons, server };
}

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const echo: Handler = (stream) => {
  stream.respond({ ":status": 200, "x-answer": "yes" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => {
    stream.sendTrailers({ "x-trailer": "last" });
  });
  stream.pipe(stream);
};

describe("a connection to nghttp2", () => {
  it("reads values of all characters, Huffman-coded by the other side", async () => {
    const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
    // Short codes make up for the long ones, so that the code pays.
    const values = Array.from(all, (character) => `${"e".repeat(20)}${character}o`);
    const { open } = await connectTo((stream) => {
      const headers = Object.fromEntries(values.map((value, index) => [`x-${String(index)}`, value]));
      stream.respond({ ":status": 200, ...headers }, { endStream: true });
    });
    const answer = open();
    answer.stream.send(undefined, true);
    await answer.over;
    expect(values.map((_, index) => answer.value(`x-${String(index)}`))).toEqual(values);
  });

  it.each([0, 1, 16_383, 16_384, 16_385, 3_000_000])("carries a body of %d bytes both ways", async (size) => {
    const { open } = await connectTo(echo);
    const body = Buffer.alloc(size, "0123456789abcdef-");
    const answer = open();
    answer.stream.send(body, true);
    expect(await answer.over).toBeUndefined();
    expect(answer.value("x-answer")).toBe("yes");
    expect(answer.headers.at(-1)).toEqual([["x-trailer", "last"]]);
    expect(answer.digest).toBe(digestOf(body));
  });

  it("carries padded frames, headers in several frames, and many streams beside each other", async () => {
    const long = "v".repeat(40_000);
    const { open } = await connectTo(
      (stream) => {
        stream.respond({ ":status": 200, "x-long": long.toUpperCase() });
        stream.end(Buffer.alloc(100_000, 7));
      },
      { paddingStrategy: constants.PADDING_STRATEGY_MAX, maxSendHeaderBlockLength: 200_000 },
    );
    const answers = Array.from({ length: 30 }, () => open("/", [["x-request", "r".repeat(20_000)]]));
    for (const { stream } of answers) stream.send(undefined, true);
    for (const answer of answers) {
      expect(await answer.over).toBeUndefined();
      expect(answer.value("x-long")).toBe(long.toUpperCase());
      expect(answer.bytes).toBe(100_000);
    }
  });

  it("opens no more streams at once than the other side takes", async () => {
    let now = 0;
    let most = 0;
    const { open } = await connectTo(
      (stream) => {
        most = Math.max(most, ++now);
        setTimeout(() => {
          now--;
          stream.respond({ ":status": 200 }, { endStream: true });
        }, 5);
      },
      { settings: { maxConcurrentStreams: 3 } },
    );
    const answers = Array.from({ length: 20 }, () => open());
    for (const { stream } of answers) stream.send(undefined, true);
    // One that waits may be given up.
    answers[10]?.stream.cancel();
    const others = answers.filter((_, index) => index !== 10);
    expect(await Promise.all(others.map(({ over }) => over))).toEqual(others.map(() => undefined));
    expect(most).toBe(3);
  });

  it("lets a stream with a small window wait, and no other", async () => {
    let slow: ServerHttp2Stream | undefined;
    const { open } = await connectTo(
      (stream) => {
        if (slow === undefined) (slow = stream).respond({ ":status": 200 });
        else echo(stream, undefined as never);
      },
      { settings: { initialWindowSize: 1000 } },
    );
    const waiting = open();
    const body = Buffer.alloc(200_000, 1);
    // The connection's own window has room for both.
    expect(waiting.stream.send(body.subarray(0, 30_000), false)).toBe(false);
    const other = open();
    other.stream.send(body.subarray(0, 20_000), true);
    expect(await other.over).toBeUndefined();
    expect(other.bytes).toBe(20_000);
    const drained = new Promise<void>((resolve) => (waiting.onDrain = resolve));
    slow?.resume();
    await drained;
    slow?.end();
    expect(await waiting.over).toBeUndefined();
  });

  it("ends when the other side leaves, after the streams that it still answers; a new one is not sent", async () => {
    let first: ServerHttp2Stream | undefined;
    const { open, reasons, connection } = await connectTo((stream) => {
      first = stream;
      stream.session?.close();
    });
    const answer = open();
    answer.stream.send(undefined, true);
    await expect.poll(() => connection.isUsable).toBe(false);
    first?.respond({ ":status": 200 }, { endStream: true });
    expect(await answer.over).toBeUndefined();
    await expect.poll(() => reasons).toHaveLength(1);
  });

  it("fails streams that are open when the connection is cut, and says that they were sent", async () => {
    const { open, reasons } = await connectTo((stream) => stream.session?.destroy());
    const answer = open();
    answer.stream.send(undefined, true);
    expect(await answer.over).toMatchObject({ kind: "lost", isUnsent: false });
    expect(reasons).toHaveLength(1);
  });

  it("tells with which code a stream was reset, and resets one that it gives up", async () => {
    const codes: (number | undefined)[] = [];
    const { open } = await connectTo((stream) => {
      if (codes.length === 0) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      stream.on("close", () => codes.push(stream.rstCode));
      codes.push(undefined);
    });
    const refused = open();
    expect(await refused.over).toEqual({ kind: "reset", code: constants.NGHTTP2_ENHANCE_YOUR_CALM });
    const left = open();
    await expect.poll(() => codes.filter((code) => code === undefined)).toHaveLength(2);
    left.stream.cancel();
    await expect.poll(() => codes).toContain(constants.NGHTTP2_CANCEL);
  });

  it("fails streams as unsent when nothing listens", async () => {
    const { server } = await connectTo(echo);
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const connection = new Http2Connection(connect(port, "127.0.0.1"), {
      connectTimeoutMs: 5000,
      keepAliveMs: 0,
      onClose: () => undefined,
    });
    const answer = new Answer();
    answer.stream = connection.open([encodeHeaders([[":method", "POST"]])], answer);
    expect(await answer.over).toMatchObject({ kind: "lost", isUnsent: true, reason: /ECONNREFUSED/ });
  });
});
