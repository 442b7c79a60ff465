import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serveGrpc } from "@mecha/runtime";
import { MechaError } from "@mecha/spec";
import { describe, expect, it, onTestFinished } from "vitest";
import { componentYaml, mechaOver, temporaryFolder, testRuntime, ways } from "../../test/mecha-fixture.js";
import { mechaTo, testSidecar } from "../../test/sidecar-fixture.js";
import type { DaprHandlers } from "../dapr-methods.js";
import { PushQueue } from "../stream/push-queue.js";
import type { ConfigurationSubscription } from "./configuration-subscription.js";

const settingsIn = (path: string): string => componentYaml("settings", "configuration.file", { path });

/** The changes of a subscription as they come, each as `key=value` or `key removed`. */
function collect(subscription: ConfigurationSubscription): { readonly seen: string[]; readonly over: Promise<void> } {
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const changes of subscription) {
      for (const [key, { value, isRemoved }] of changes) seen.push(isRemoved ? `${key} removed` : `${key}=${value}`);
    }
  };
  const over = read();
  over.catch(() => undefined);
  return { seen, over };
}

describe.each(ways)("configuration, %s", (way) => {
  it("is read without the keys that are absent, or all of it", async () => {
    const folder = await temporaryFolder({ colour: "red", size: "1" });
    const settings = (await mechaOver(await testRuntime([settingsIn(folder)]), way)).configuration("settings");
    const found = await settings.get(["colour", "absent"]);
    expect([...found].map(([key, { value, isRemoved }]) => [key, value, isRemoved])).toEqual([
      ["colour", "red", false],
    ]);
    expect([...(await settings.get([])).keys()].sort()).toEqual(["colour", "size"]);
  });

  it("tells changes and removals from the moment on that it was subscribed to, until it is closed", async () => {
    const folder = await temporaryFolder({ colour: "red" });
    const mecha = await mechaOver(await testRuntime([settingsIn(folder)]), way);
    const subscription = await mecha.configuration("settings").subscribe(["colour"]);
    const { seen, over } = collect(subscription);
    await writeFile(join(folder, "colour"), "blue");
    await expect.poll(() => seen).toEqual(["colour=blue"]);
    await rm(join(folder, "colour"));
    await expect.poll(() => seen).toEqual(["colour=blue", "colour removed"]);
    await subscription.close();
    await subscription.close();
    await over;
  });

  it("refuses a store that is not there", async () => {
    const mecha = await mechaOver(await testRuntime([settingsIn(await temporaryFolder())]), way);
    await expect(mecha.configuration("nowhere").subscribe([])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      reason: "ERR_CONFIGURATION_STORE_NOT_FOUND",
      component: "nowhere",
    });
  });

  it("ends with the connection, with the loop, and with the signal", async () => {
    const mecha = await mechaOver(await testRuntime([settingsIn(await temporaryFolder())]), way);
    const settings = mecha.configuration("settings");
    const stopping = new AbortController();
    const bySignal = collect(await settings.subscribe(["a"], { signal: stopping.signal }));
    stopping.abort();
    await bySignal.over;
    const left = await settings.subscribe(["a"]);
    const iterator = left[Symbol.asyncIterator]();
    const waiting = iterator.next();
    const byConnection = collect(await settings.subscribe(["a"]));
    await mecha.close();
    expect((await waiting).done).toBe(true);
    await byConnection.over;
  });
});

it("survives a sidecar that goes and comes back, and tells what changed meanwhile and nothing else", async () => {
  const folder = await temporaryFolder({ colour: "red", size: "1", old: "x" });
  const first = await serveGrpc(await testRuntime([settingsIn(folder)]), { port: 0 });
  const port = Number(first.address.split(":")[1]);
  const mecha = mechaTo(first.address);
  const troubles: [string, boolean][] = [];
  const subscription = await mecha.configuration("settings").subscribe(["colour", "size", "old"], {
    onError: (error, fatal) => troubles.push([error.code, fatal]),
  });
  const { seen } = collect(subscription);
  await writeFile(join(folder, "size"), "2");
  await expect.poll(() => seen).toEqual(["size=2"]);

  await first.close();
  await writeFile(join(folder, "colour"), "blue");
  await rm(join(folder, "old"));
  const second = await serveGrpc(await testRuntime([settingsIn(folder)]), { port });
  onTestFinished(() => second.close());

  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["size=2", "colour=blue", "old removed"]);
  await writeFile(join(folder, "size"), "3");
  await expect.poll(() => seen).toEqual(["size=2", "colour=blue", "old removed", "size=3"]);
  expect(troubles.every(([, fatal]) => !fatal)).toBe(true);
  await subscription.close();
}, 30_000);

describe("a sidecar that is played", () => {
  it("hears that a subscription is over (UnsubscribeConfiguration)", async () => {
    const sidecar = await playSidecar({});
    const subscription = await sidecar.mecha.configuration("settings").subscribe(["a"]);
    await subscription.close();
    expect(sidecar.unsubscribed).toEqual(["life 1"]);
  });

  it("never loses an error of the stream: those that may pass are told, the last one ends the loop", async () => {
    const sidecar = await playSidecar({});
    const troubles: [string, boolean][] = [];
    const subscription = await sidecar.mecha.configuration("settings").subscribe(["a"], {
      onError: (error, fatal) => troubles.push([error.code, fatal]),
    });
    const { over } = collect(subscription);
    sidecar.breakStream("UNAVAILABLE");
    await expect.poll(() => sidecar.lives()).toBe(2);
    sidecar.breakStream("PERMISSION_DENIED");
    await expect(over).rejects.toMatchObject({ code: "PERMISSION_DENIED", component: "settings" });
    expect(troubles).toEqual([
      ["UNAVAILABLE", false],
      ["PERMISSION_DENIED", true],
    ]);
  });

  it("is read once more after it began: daprd answers before its store listens", async () => {
    let reads = 0;
    const getConfiguration: DaprHandlers["getConfiguration"] = async () => {
      reads++;
      return { items: { a: { value: String(Math.min(reads, 2)), version: "", metadata: {} } } };
    };
    const sidecar = await playSidecar({ getConfiguration });
    const { seen } = collect(await sidecar.mecha.configuration("settings").subscribe(["a"]));
    expect([reads, seen]).toEqual([1, []]);
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(["a=2"]);
  });

  it("is not waited for longer than its caller says", async () => {
    const sidecar = await playSidecar({ getConfiguration: () => new Promise(() => undefined) });
    const subscribing = sidecar.mecha.configuration("settings").subscribe(["a"], { timeoutMs: 50 });
    await expect(subscribing).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const stopping = new AbortController();
    const cancelled = sidecar.mecha.configuration("settings").subscribe(["a"], { signal: stopping.signal });
    stopping.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

/** A sidecar with one configuration store, whose streams can be broken. */
async function playSidecar(handlers: DaprHandlers) {
  const unsubscribed: string[] = [];
  let stream = new PushQueue<{ id: string; items: Record<string, never> }>();
  let lives = 0;
  const played: DaprHandlers = {
    subscribeConfiguration: () => {
      stream = new PushQueue();
      stream.push({ id: `life ${String(++lives)}`, items: {} });
      return stream;
    },
    getConfiguration: () => Promise.resolve({ items: {} }),
    unsubscribeConfiguration: ({ id }) => {
      unsubscribed.push(id);
      stream.end();
      return Promise.resolve({ ok: true, message: "" });
    },
    ...handlers,
  };
  const sidecar = await testSidecar(played);
  return {
    mecha: sidecar.connect(),
    unsubscribed,
    lives: () => lives,
    breakStream: (code: "UNAVAILABLE" | "PERMISSION_DENIED") => {
      stream.fail(new MechaError(code, "the stream was broken"));
    },
  };
}
