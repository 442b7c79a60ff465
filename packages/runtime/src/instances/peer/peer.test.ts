import { mkdtemp, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CallContext, common } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { afterEach, describe, expect, it } from "vitest";
import { connectToPeer, InterruptedCall, UnreachablePeer, type PeerClient } from "./peer-client.js";
import { encodePeerFrame, PeerFrameKind, PeerFrameReader, peerProtocolVersion, type PeerFrame } from "./peer-frame.js";
import { servePeers, type PeerServer, type PeerServerOptions } from "./peer-server.js";

const maxMessageBytes = 100_000;
const greeting = encodePeerFrame({ kind: PeerFrameKind.hello, call: 0, header: { protocol: peerProtocolVersion } });
const plain = { method: "x", contentType: "" };
const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(
  invoke: PeerServerOptions["invoke"],
): Promise<{ path: string; server: PeerServer; client: PeerClient }> {
  const path = join(await mkdtemp(join(tmpdir(), "mecha-peer-")), "app.sock");
  const server = await servePeers({ path, invoke, maxMessageBytes });
  const client = await connectToPeer(path, maxMessageBytes);
  closers.push(() => server.close());
  closers.push(() => client.close());
  return { path, server, client };
}

function context(signal: AbortSignal = new AbortController().signal) {
  const set: Record<string, string> = {};
  const call: CallContext = {
    metadata: { "x-caller": "me" },
    signal,
    deadline: Date.now() + 5_000,
    peer: "test",
    setHeader: (name, value) => void (set[`header ${name}`] = value),
    setTrailer: (name, value) => void (set[`trailer ${name}`] = value),
  };
  return { call, set };
}

const request = (method: string, bytes = 1): common.InvokeRequest => ({
  method,
  contentType: "text/plain",
  data: { typeUrl: "", value: Buffer.alloc(bytes, 7) },
});

const reply = (text: string): common.InvokeResponse => ({
  contentType: "text/plain",
  data: { typeUrl: "", value: Buffer.from(text) },
});

describe("calls between two processes of a machine", () => {
  it("carry request, metadata, headers, trailers and reply", async () => {
    const { client } = await serve((message, served) => {
      served.setHeader("a", "1");
      served.setTrailer("b", "2");
      expect(served.deadline).toBeGreaterThan(Date.now());
      return Promise.resolve(
        reply(`${message.method} ${message.data?.value.length ?? 0} ${served.metadata["x-caller"] ?? ""}`),
      );
    });
    const { call, set } = context();
    expect((await client.invoke(request("grüße", 3), call)).data?.value.toString()).toBe("grüße 3 me");
    expect(set).toEqual({ "header a": "1", "trailer b": "2" });
  });

  it("run side by side, answered in any order", async () => {
    const { client } = await serve(async ({ method }) => {
      await delay(Number(method));
      return reply(method);
    });
    const order: string[] = [];
    await Promise.all(
      ["60", "30", "1"].map(async (method) => {
        await client.invoke(request(method), context().call);
        order.push(method);
      }),
    );
    expect(order).toEqual(["1", "30", "60"]);
  });

  it("carry an error of the app whole", async () => {
    const details = { reason: "ERR_X", metadata: { k: "v" }, component: "c", operation: "o", httpStatus: 409 };
    const { client } = await serve(() => Promise.reject(new MechaError("ETAG_MISMATCH", "changed", details)));
    await expect(client.invoke(request("x"), context().call)).rejects.toMatchObject({
      code: "ETAG_MISMATCH",
      message: "changed",
      ...details,
    });
  });

  it("tell the app when the caller gave up", async () => {
    let told = false;
    const stop = new AbortController();
    const { client } = await serve(async (_message, { signal }) => {
      stop.abort(new MechaError("CANCELLED", "enough"));
      await delay(10_000, undefined, { signal }).catch(() => void (told = true));
      return reply("late");
    });
    await expect(client.invoke(request("x"), context(stop.signal).call)).rejects.toMatchObject({ code: "CANCELLED" });
    await expect.poll(() => told).toBe(true);
  });

  it("refuse what is too large, and go on", async () => {
    const { client } = await serve(({ method }) => Promise.resolve(reply("x".repeat(Number(method)))));
    await expect(client.invoke(request("1", maxMessageBytes + 1), context().call)).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
    });
    await expect(client.invoke(request(String(maxMessageBytes + 1)), context().call)).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
    });
    expect((await client.invoke(request("3"), context().call)).data?.value.toString()).toBe("xxx");
  });

  it("end in order when the app goes away: those under way are answered, new ones are for others", async () => {
    const started = resolvers();
    const { client, server } = await serve(async () => {
      started.resolve();
      await delay(100);
      return reply("done");
    });
    const answer = client.invoke(request("x"), context().call);
    await started.promise;
    const closed = server.close();
    await expect.poll(() => client.usable).toBe(false);
    expect((await answer).data?.value.toString()).toBe("done");
    await closed;
  });

  it("are interrupted when the connection breaks", async () => {
    const { client } = await serve(() => delay(10_000, reply("never")));
    const answer = client.invoke(request("x"), context().call);
    client.close();
    await expect(answer).rejects.toBeInstanceOf(InterruptedCall);
  });

  it("may be without end", async () => {
    const { client } = await serve(() => Promise.resolve(reply("fine")));
    const endless = { ...context().call, deadline: Infinity };
    expect((await client.invoke(request("x"), endless)).data?.value.toString()).toBe("fine");
  });

  it("cannot be taken where no socket can be made", async () => {
    const path = join(tmpdir(), "no-such-folder", "app.sock");
    const serving = servePeers({ path, invoke: () => Promise.resolve(reply("")), maxMessageBytes });
    await expect(serving).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("MECHA_RUNTIME_DIR") as string,
    });
  });

  it("need somebody who listens", async () => {
    await expect(connectToPeer(join(tmpdir(), "nobody.sock"), maxMessageBytes)).rejects.toBeInstanceOf(UnreachablePeer);
  });

  it("go over a socket that only its user may open", async () => {
    const { path } = await serve(() => Promise.resolve(reply("")));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["no frames", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["no hello", encodePeerFrame({ kind: PeerFrameKind.call, call: 1, header: { metadata: {} } })],
    ["a call without a method", Buffer.concat([greeting, callOf({ metadata: {} })])],
    ["a call with metadata of its own kind", Buffer.concat([greeting, callOf({ ...plain, metadata: { a: 1 } })])],
    ["another version", encodePeerFrame({ kind: PeerFrameKind.hello, call: 0, header: { protocol: 99 } })],
    ["a length without end", Buffer.from([255, 255, 255, 255, 0])],
  ])("are not taken from who sends %s, and others go on", async (_name, bytes) => {
    const { path, client } = await serve(() => Promise.resolve(reply("fine")));
    const stranger = connect({ path });
    stranger.write(bytes);
    stranger.resume();
    await new Promise((resolve) => stranger.once("close", resolve));
    expect((await client.invoke(request("x"), context().call)).data?.value.toString()).toBe("fine");
  });
});

describe("frames", () => {
  it("come back whole, however the bytes are cut", () => {
    const frames = [
      { kind: PeerFrameKind.call, call: 7, header: { metadata: { a: "ü" } }, body: Buffer.from([0, 255]) },
      { kind: PeerFrameKind.cancel, call: 4_294_967_295, header: undefined, body: Buffer.alloc(0) },
    ];
    const bytes = Buffer.concat(frames.map(encodePeerFrame));
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new PeerFrameReader(100);
      const read: PeerFrame[] = [];
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) reader.read(part, (frame) => read.push(frame));
      expect(read.map((frame) => ({ ...frame, body: Buffer.from(frame.body) }))).toEqual(frames);
    }
  });
});

function callOf(header: unknown): Buffer {
  return encodePeerFrame({ kind: PeerFrameKind.call, call: 1, header });
}

function resolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => void (resolve = done));
  return { promise, resolve };
}
