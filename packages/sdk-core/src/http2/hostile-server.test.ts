import { describe, expect, it } from "vitest";
import {
  answerHead,
  ask,
  askBrokenServers,
  frame,
  okHead,
  settings,
  trailers,
  uint32,
} from "../../test/hostile-http2-server.js";
import { frameFlag, frameType } from "./frame-types.js";

describe("a connection to a server that", () => {
  it.each([1, 2, 7])("sends crumbs of %d bytes reads its answer", async (pieceBytes) => {
    const body = frame(frameType.data, 0, 1, Buffer.alloc(3000, 5));
    const whole = Buffer.concat([settings, answerHead, body, frame(frameType.data, 0, 1), trailers]);
    expect(await ask(whole, pieceBytes)).toMatchObject({ failure: undefined, bytes: 3000 });
  });

  it("sends frames of types that nobody knows, priorities and pings goes on, its pings answered", async () => {
    const question = Buffer.from("12345678");
    const strange = [frame(0x42, 0xff, 1, Buffer.from("?")), frame(2, 0, 1, Buffer.alloc(5))];
    const padded = frame(frameType.data, frameFlag.padded, 1, Buffer.from([3, 7, 7, 0, 0, 0]));
    const outcome = await ask((socket) => {
      socket.write(Buffer.concat([settings, answerHead, ...strange, frame(frameType.ping, 0, 0, question)]));
      socket.on("data", (chunk) => {
        if (chunk.includes(frame(frameType.ping, frameFlag.ack, 0, question))) {
          socket.write(Buffer.concat([padded, trailers]));
        }
      });
    });
    expect(outcome).toMatchObject({ failure: undefined, bytes: 2 });
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
    [
      "interrupts its headers with data",
      Buffer.concat([frame(frameType.headers, 0, 1, okHead), frame(frameType.data, 0, 1, Buffer.from("x"))]),
    ],
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
    const good = await askBrokenServers(150, 20_261_123);
    // Some changes do no harm, most do.
    expect(good).toBeGreaterThan(0);
    expect(good).toBeLessThan(75);
  }, 30_000);
});
