import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { appCallback, type AppChannel } from "@mecha/sdk-core/protocol";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { MechaError, type BindingEvent, type ComponentDefinition } from "@mecha/spec";
import { afterEach, beforeEach, expect, onTestFinished, test, vi, type MockInstance } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { createRuntime, type Runtime, type RuntimeOptions } from "../runtime.js";

let errors: MockInstance<typeof process.stderr.write>;
beforeEach(() => {
  errors = vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const logged = (): string => errors.mock.calls.map(([line]) => String(line)).join("");
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

async function open(
  files: Readonly<Record<string, string>>,
  options: Partial<RuntimeOptions> = {},
): Promise<{ folder: string; runtime: Runtime; mecha: Mecha; write: (name: string, text: string) => Promise<void> }> {
  const folder = await resourceFolder(files);
  const runtime = await createRuntime({ appId: "reloaded", resourcesPaths: [folder], baseFolder: folder, ...options });
  onTestFinished(() => runtime.close());
  const mecha = createMecha(
    { transport: runtime.transport, mode: "embedded", close: () => runtime.close() },
    "reloaded",
  );
  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, `${name}.new`), text);
    await rename(join(folder, `${name}.new`), join(folder, name));
  };
  return { folder, runtime, mecha, write };
}

const sqlite = (name: string, file: string): string => componentYaml(name, "state.sqlite", { connectionString: file });
const backendOf = async (mecha: Mecha, name: string): Promise<string | undefined> =>
  (await mecha.metadata()).components.find((component) => component.name === name)?.backend;

test("calls go on while the component is replaced twenty times, and the last ones reach the last one", async () => {
  const { mecha, folder } = await open({
    "store.yaml": sqlite("store", "0.db"),
    "bus.yaml": componentYaml("bus", "pubsub.in-memory", {}),
  });
  const store = mecha.state<number>("store");
  let isOver = false;
  let calls = 0;
  const loop = async (key: string): Promise<void> => {
    while (!isOver) {
      await store.save(key, ++calls);
      await store.get(key);
      await mecha.pubsub("bus").publish("paid", { id: key });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const loops = ["a", "b", "c"].map(loop);
  for (let round = 1; round <= 20; round++) {
    // Not by renaming: a file that is half written must do no harm.
    await writeFile(join(folder, "store.yaml"), sqlite("store", `${String(round)}.db`));
    await writeFile(join(folder, "bus.yaml"), componentYaml("bus", "pubsub.in-memory", { round: String(round) }));
    if (round % 5 === 0)
      await eventually(async () => expect(await backendOf(mecha, "store")).toContain(`${String(round)}.db`));
  }
  const before = calls;
  await eventually(() => expect(calls).toBeGreaterThan(before + 3));
  isOver = true;
  await Promise.all(loops);
  await store.save("last", 42);

  await using other = (await open({ "store.yaml": sqlite("store", join(folder, "20.db")) })).mecha;
  expect((await other.state("store").get("last"))?.value).toBe(42);
}, 120_000);

/** A component whose calls end when the test says so. */
function slowComponent() {
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const component: ComponentDefinition<"bindings"> = {
    type: "bindings.slow",
    create: ({ metadata }) => {
      const name = metadata["name"] ?? "";
      if (name === "broken") return Promise.reject(new MechaError("UNAVAILABLE", "its backend is down"));
      events.push(`${name} opened`);
      return Promise.resolve({
        backend: name,
        operations: ["wait"],
        invoke: async () => {
          await new Promise<void>((resolve) => waiting.push(resolve));
          events.push(`${name} answered`);
          return { data: Buffer.from(name) };
        },
        close: () => Promise.resolve(void events.push(`${name} closed`)),
      });
    },
  };
  return { component, events, waiting };
}

const slow = (name: string): string => componentYaml("slow", "bindings.slow", { name });

test("the old component closes when its call has ended, and not before", async () => {
  const { component, events, waiting } = slowComponent();
  const { mecha, write } = await open({ "slow.yaml": slow("first") }, { components: [component] });
  const call = mecha.binding("slow").invoke("wait");
  await eventually(() => expect(waiting).toHaveLength(1));
  await write("slow.yaml", slow("second"));
  await eventually(async () => expect(await backendOf(mecha, "slow")).toBe("second"));
  const later = mecha.binding("slow").invoke("wait");
  await eventually(() => expect(waiting).toHaveLength(2));
  waiting[1]?.();
  expect((await later).text()).toBe("second");
  expect(events).toEqual(["first opened", "second opened", "second answered"]);
  waiting[0]?.();
  expect((await call).text()).toBe("first");
  await eventually(() => expect(events.slice(3)).toEqual(["first answered", "first closed"]));
});

test.each<[string, string, RegExp]>([
  ["YAML", "kind: [", /slow\.yaml:\d+:\d+ is not valid YAML/],
  [
    "a resource",
    slow("x").replace("bindings.slow", "bindings"),
    /slow\.yaml:\d+: Component "slow": .*"spec.type" is wrong/,
  ],
  [
    "a known type",
    slow("x").replace("bindings.slow", "bindings.slew"),
    /component "slow" stays as it was: .*slow\.yaml:\d+: .*"bindings.slew" is unknown/,
  ],
  [
    "what starts",
    slow("broken"),
    /component "slow" stays as it was: .*slow\.yaml:\d+: Component "slow" \(bindings\.slow\) could not start: its backend is down/,
  ],
])("what is not %s leaves the component as it was, and is reported with its line", async (_, text, message) => {
  const { component, events } = slowComponent();
  const { mecha, write } = await open({ "slow.yaml": slow("first") }, { components: [component] });
  await write("slow.yaml", text);
  await eventually(() => expect(logged()).toMatch(message));
  expect(await backendOf(mecha, "slow")).toBe("first");
  await write("slow.yaml", slow("mended"));
  await eventually(async () => expect(await backendOf(mecha, "slow")).toBe("mended"));
  await eventually(() => expect(events).toEqual(["first opened", "mended opened", "first closed"]));
});

test("components come and go, and the state store of actors stays", async () => {
  const actors = componentYaml("actors", "state.in-memory", { actorStateStore: "true" });
  const { mecha, folder, write } = await open({ "actors.yaml": actors });
  await write("more.yaml", componentYaml("more", "state.in-memory", {}));
  await eventually(() => mecha.state("more").save("a", 1));
  await write("actors.yaml", componentYaml("actors", "state.in-memory", { actorStateStore: "true", other: "1" }));
  await eventually(() =>
    expect(logged()).toMatch(/actors\.yaml:1: component "actors" has changed, which the next start/),
  );
  await rm(join(folder, "more.yaml"));
  await eventually(() => expect(mecha.state("more").get("a")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" }));
  await mecha.state("actors").save("a", 1);
});

test.each<[string, string, object]>([
  ["Resiliency", "r.json", { policies: { timeouts: { short: "1s" } } }],
  ["HTTPEndpoint", "e.json", { baseUrl: "http://127.0.0.1:1" }],
  ["Configuration", "config.json", { secrets: { scopes: [] } }],
])("a new %s asks for a restart, but not before it is right, or is a warning", async (kind, name, spec) => {
  const resource = (text: object): string => JSON.stringify({ kind, metadata: { name: "one" }, spec: text });
  const restarts: (readonly string[])[] = [];
  const files = { "config.json": JSON.stringify({ kind: "Configuration", metadata: { name: "one" }, spec: {} }) };
  const { folder: elsewhere } = await open(files, { hotReload: false });
  const options = { configFile: join(elsewhere, "config.json") };
  const silent = await open({}, options);
  const { folder } = await open({}, { ...options, onRestartNeeded: (kinds) => void restarts.push(kinds) });
  const write = async (text: string): Promise<void> => {
    if (kind === "Configuration") await writeFile(join(elsewhere, name), text);
    else for (const place of [folder, silent.folder]) await writeFile(join(place, name), text);
  };
  await write(resource({ ...spec, policies: 1, baseUrl: 1, secrets: 1 }));
  await eventually(() => expect(logged().match(/are not right, so all stays as it was/gu)?.length).toBeGreaterThan(1));
  expect(restarts).toEqual([]);
  await write(resource(spec));
  await eventually(() => expect(restarts).toEqual([[kind]]));
  await eventually(() => expect(logged()).toContain(`resources of kind ${kind} have changed`));
});

test("HotReload of the Configuration leaves everything as it was at the start", async () => {
  const config = {
    kind: "Configuration",
    metadata: { name: "c" },
    spec: { features: [{ name: "HotReload", enabled: false }] },
  };
  const { folder: elsewhere } = await open({ "config.json": JSON.stringify(config) });
  const watched = await open({ "a.yaml": componentYaml("a", "state.in-memory", {}) });
  const { folder, mecha } = await open(
    { "a.yaml": componentYaml("a", "state.in-memory", {}) },
    { configFile: join(elsewhere, "config.json") },
  );
  for (const one of [folder, watched.folder])
    await writeFile(join(one, "b.yaml"), componentYaml("b", "state.in-memory", {}));
  await eventually(() => watched.mecha.state("b").save("a", 1));
  await expect(mecha.state("b").save("a", 1)).rejects.toMatchObject({
    message: expect.stringContaining("b is not found") as unknown,
  });
});

test("events come to the same subscribers from the new component, streamed and called", async () => {
  const bus = (file: string) => componentYaml("bus", "pubsub.sqlite", { connectionString: file });
  const declared = (topic: string) =>
    JSON.stringify({
      apiVersion: "dapr.io/v2alpha1",
      kind: "Subscription",
      metadata: { name: "declared" },
      spec: { pubsubname: "bus", topic, routes: { default: "/called" } },
    });
  const { mecha, runtime, write, folder } = await open({ "bus.yaml": bus("1.db"), "sub.yaml": declared("called") });
  const seen: string[] = [];
  const channel: AppChannel = {
    topic: async ({ topic, data }): Promise<appCallback.TopicEventResponse> => {
      seen.push(`${topic} ${Buffer.from(data).toString()}`);
      return { status: appCallback.TopicEventResponse_TopicEventResponseStatus.SUCCESS };
    },
  };
  await runtime.attachApp(channel);
  const streamed: string[] = [];
  const reading = (async () => {
    for await (const event of mecha.pubsub("bus").subscribe<string>("streamed")) {
      streamed.push(event.data);
      event.ack();
    }
  })();
  reading.catch(() => undefined);
  const publish = async (text: string, topic = "called"): Promise<void> => {
    for (const each of [topic, "streamed"]) await mecha.pubsub("bus").publish(each, text);
  };
  await publish("one");
  await eventually(() => expect([seen, streamed]).toEqual([['called "one"'], ["one"]]));

  await write("bus.yaml", bus("2.db"));
  await eventually(async () => expect(await backendOf(mecha, "bus")).toContain("2.db"));
  await publish("two");
  await eventually(() => expect([seen[1], streamed[1]]).toEqual(['called "two"', "two"]));

  await write("sub.yaml", declared("changed"));
  await eventually(async () => {
    await publish("three", "changed");
    expect(seen.at(-1)).toBe('changed "three"');
  });

  await rm(join(folder, "bus.yaml"));
  await eventually(() => expect(publish("lost")).rejects.toThrow("not configured"));
  await write("bus.yaml", bus("3.db"));
  await eventually(() => publish("four", "changed"));
  await eventually(() => expect([seen.at(-1), streamed.at(-1)]).toEqual(['changed "four"', "four"]));
});

test("an input binding is read at one place at a time, and a configuration tells what the new store has", async () => {
  const reads: string[] = [];
  let send: ((event: BindingEvent) => Promise<unknown>) | undefined;
  const input: ComponentDefinition<"bindings"> = {
    type: "bindings.input",
    create: ({ metadata }) =>
      Promise.resolve({
        backend: metadata["name"] ?? "",
        read(handler) {
          reads.push(`${String(metadata["name"])} read`);
          send = handler;
          return Promise.resolve({ close: () => Promise.resolve(void reads.push(`${String(metadata["name"])} left`)) });
        },
      }),
  };
  const source = (name: string) => componentYaml("source", "bindings.input", { name });
  const settings = (file: string) => componentYaml("settings", "configuration.file", { path: file });
  const { mecha, runtime, folder, write } = await open(
    {
      "source.yaml": source("one"),
      "settings.yaml": settings("one"),
    },
    { components: [input] },
  );
  const seen: string[] = [];
  await runtime.attachApp({
    bindings: ["source"],
    binding: async ({ data }) => {
      seen.push(Buffer.from(data).toString());
      return {
        storeName: "",
        states: [],
        to: [],
        data: Buffer.alloc(0),
        concurrency: appCallback.BindingEventResponse_BindingEventConcurrency.SEQUENTIAL,
      };
    },
  });
  await mkdir(join(folder, "two"));
  await writeFile(join(folder, "two", "color"), "blue");
  const colors: unknown[] = [];
  const subscription = await mecha.configuration("settings").subscribe(["color"]);
  const watching = (async () => {
    for await (const changed of subscription) colors.push(changed.get("color")?.value);
  })();
  await write("source.yaml", source("two"));
  await eventually(() => expect(reads).toEqual(["one read", "one left", "two read"]));
  await send?.({ data: Buffer.from("event"), metadata: {} });
  expect(seen).toEqual(["event"]);
  await write("settings.yaml", settings("two"));
  await eventually(() => expect(colors).toEqual(["blue"]));
  await subscription.close();
  await watching;
});
