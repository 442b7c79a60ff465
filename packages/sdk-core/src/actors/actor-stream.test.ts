import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { PlayedDaprd } from "../../test/played-daprd.js";
import { testSidecar } from "../../test/sidecar-fixture.js";
import { ActorRuntime } from "./actor-runtime.js";
import type { ActorFactory, ActorOptions } from "./actor-definition.js";
import { type ActorStream, openActorStream } from "./actor-stream.js";

interface Hosting {
  readonly daprd: PlayedDaprd;
  readonly mecha: Awaited<ReturnType<typeof PlayedDaprd.start>>["mecha"];
  readonly stream: ActorStream;
  readonly close: () => Promise<void>;
  readonly errors: readonly string[];
}

async function hosting(definition: ActorFactory, options: Partial<ActorOptions> = {}): Promise<Hosting> {
  const { daprd, mecha } = await PlayedDaprd.start();
  const actors = new ActorRuntime(mecha.transport, () => undefined);
  actors.add(definition, { type: "Cart", ...options });
  const errors: string[] = [];
  const onError = ({ code }: { readonly code: string }): number => errors.push(code);
  const stream = openActorStream(mecha.transport, actors, { onError });
  const close = (): Promise<void> => stream.close();
  await stream.ready;
  onTestFinished(close);
  return { daprd, mecha, stream, close, errors };
}

const open = { create: () => ({ open: () => 1 }) };

it("registers each type with settings of its own", async () => {
  const { daprd, mecha } = await PlayedDaprd.start();
  const actors = new ActorRuntime(mecha.transport, () => undefined);
  actors.add(open, { type: "Plain" });
  actors.add(open, { type: "Cut", drainTimeoutMs: false, reentrancy: false });
  actors.add(open, { type: "Set", idleTimeoutMs: 1500, drainTimeoutMs: 2000, reentrancy: { maxDepth: 4 } });
  const stream = openActorStream(mecha.transport, actors);
  onTestFinished(() => stream.close());
  await stream.ready;
  expect(daprd.streams.map(({ registration }) => registration)).toMatchObject([
    {
      entities: ["Plain", "Cut", "Set"],
      entitiesConfig: [
        { entities: ["Plain"], actorIdleTimeout: undefined, drainRebalancedActors: undefined, reentrancy: undefined },
        { entities: ["Cut"], drainRebalancedActors: false, reentrancy: { enabled: false } },
        {
          entities: ["Set"],
          actorIdleTimeout: { seconds: 1n, nanos: 500_000_000 },
          drainOngoingCallTimeout: { seconds: 2n },
          drainRebalancedActors: true,
          reentrancy: { enabled: true, maxStackDepth: 4 },
        },
      ],
    },
  ]);
});

it("comes back when the stream broke, and what was under way fails, is not saved and not done twice", async () => {
  const begun: string[] = [];
  const { daprd, mecha, errors } = await hosting({
    create: ({ state, signal }) => ({
      async work(name: string) {
        begun.push(name);
        state.set(name, true);
        if (name === "running") await once(signal, "abort");
      },
    }),
  });
  const cart = mecha.actor("Cart", "42");
  const failures = ["running", "queued"].map((name) => cart.invoke("work", name).catch((error: unknown) => error));
  await expect.poll(() => daprd.streams[0]?.waiting.size).toBe(2);
  await expect.poll(() => begun).toEqual(["running"]);
  daprd.breakStream();
  expect(await Promise.all(failures)).toMatchObject([{ name: "MechaError" }, { name: "MechaError" }]);
  await expect.poll(() => daprd.streams.length, { timeout: 5_000 }).toBe(2);
  await cart.invoke("work", "again");
  expect(begun).toEqual(["running", "again"]);
  expect(daprd.transactions).toEqual([["upsert again"]]);
  expect(errors).toEqual(["UNAVAILABLE"]);
});

it("keeps a call of the new stream waiting for the turn that the old one left", async () => {
  let finish: () => void = () => undefined;
  const log: string[] = [];
  const { daprd, mecha } = await hosting({
    create: () => ({
      async work(name: string) {
        log.push(`${name} begins`);
        if (name === "old") await new Promise<void>((resolve) => (finish = resolve));
        log.push(`${name} ends`);
      },
    }),
  });
  const cart = mecha.actor("Cart", "42");
  const old = cart.invoke("work", "old").catch(() => undefined);
  await expect.poll(() => log).toEqual(["old begins"]);
  daprd.breakStream();
  await old;
  await expect.poll(() => daprd.streams.length, { timeout: 5_000 }).toBe(2);
  const next = cart.invoke("work", "new");
  await expect.poll(() => daprd.streams[1]?.waiting.size).toBe(1);
  expect(log).toEqual(["old begins"]);
  finish();
  await next;
  expect(log).toEqual(["old begins", "old ends", "new begins", "new ends"]);
});

it("closes after the turns under way, whose answers arrive, and takes no others", async () => {
  let finish: () => void = () => undefined;
  const log: string[] = [];
  const { daprd, mecha, close } = await hosting({
    create: () => ({
      async work() {
        log.push("begins");
        await new Promise<void>((resolve) => (finish = resolve));
        return "answer";
      },
      onDeactivate: () => log.push("gone"),
    }),
  });
  const working = mecha.actor("Cart", "42").invoke("work");
  await expect.poll(() => log).toEqual(["begins"]);
  const closing = close();
  await expect(mecha.actor("Cart", "43").invoke("work")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("is closing") as unknown,
  });
  finish();
  expect(await working).toBe("answer");
  await closing;
  expect(log).toEqual(["begins", "gone"]);
  expect(daprd.streams).toHaveLength(1);
  await close();
});

it("lets a turn under way be called back while it closes", async () => {
  let finish: (() => void) | undefined;
  const { mecha, close } = await hosting(
    {
      create: () => ({
        async outer(): Promise<string> {
          await new Promise<void>((resolve) => (finish = resolve));
          return mecha.actor("Cart", "42").invoke("inner");
        },
        inner: () => "called back",
      }),
    },
    { reentrancy: true },
  );
  const outer = mecha.actor("Cart", "42").invoke("outer", undefined, { reentrancyId: "chain" });
  await expect.poll(() => finish).toBeDefined();
  const closing = close();
  finish?.();
  expect(await outer).toBe("called back");
  await closing;
});

it.each([
  [2, []],
  [4, ['The sidecar does not host actors of type "Cart", although it was told to']],
])("tells a sidecar again that has forgotten its types %i times, and says %j", async (times, told) => {
  const { daprd, mecha } = await PlayedDaprd.start();
  daprd.timesForgetful = times;
  const actors = new ActorRuntime(mecha.transport, () => undefined);
  actors.add(open, { type: "Cart" });
  const errors: string[] = [];
  const stream = openActorStream(mecha.transport, actors, { onError: ({ message }) => errors.push(message) });
  onTestFinished(() => stream.close());
  await stream.ready;
  expect(daprd.streams).toHaveLength(times + 1);
  expect(errors).toEqual(told);
});

it("says at start that the sidecar has no placement service", async () => {
  const { daprd, mecha } = await PlayedDaprd.start();
  daprd.isDisabled = true;
  const actors = new ActorRuntime(mecha.transport, () => undefined);
  actors.add(open, { type: "Cart" });
  await expect(openActorStream(mecha.transport, actors).ready).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("--placement-host-address") as unknown,
  });
});

it("gives up turns that take too long when it closes", async () => {
  let lost: AbortSignal | undefined;
  const { daprd, mecha, stream } = await hosting({
    create: ({ state, signal }) => ({
      async work() {
        state.set("a", 1);
        lost = signal;
        await once(signal, "abort");
      },
    }),
  });
  const work = mecha.actor("Cart", "42").invoke("work");
  await expect.poll(() => lost).toBeDefined();
  const outcome = expect(work).rejects.toMatchObject({ name: "MechaError" });
  await stream.close(Promise.resolve());
  expect(lost?.aborted).toBe(true);
  await outcome;
  expect(daprd.transactions).toEqual([]);
});

it("says at start what to do where the sidecar has no stream for actors", async () => {
  const { transport } = (await testSidecar({})).connect();
  const actors = new ActorRuntime(transport, () => undefined);
  actors.add(open, { type: "Cart" });
  await expect(openActorStream(transport, actors).ready).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
    message: expect.stringContaining("Host them over HTTP") as unknown,
  });
});

it("refuses two types of one name, and a type without one", () => {
  const actors = new ActorRuntime({} as never, () => undefined);
  actors.add(open, { type: "Cart" });
  expect(() => {
    actors.add(open, { type: "Cart" });
  }).toThrow('This host has actors of type "Cart" already');
  expect(() => {
    actors.add(open, { type: "" });
  }).toThrow("The type of actors is empty");
});
