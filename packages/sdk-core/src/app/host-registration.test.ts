import { MechaError } from "@mecha/spec";
import { afterEach, describe, expect, it, vi } from "vitest";
import { componentYaml, mechaOver, testRuntime, type Way } from "../../test/mecha-fixture.js";
import { hostChoices } from "./host-choice.js";
import type { Host, HostOptions } from "./host.js";

afterEach(() => vi.unstubAllEnvs());

const nothing = async (): Promise<void> => undefined;

async function newHost(way: Way = "embedded", options: HostOptions = {}): Promise<Host> {
  const runtime = await testRuntime([
    componentYaml("events", "pubsub.in-memory", { redeliverInterval: "10ms" }),
    componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  ]);
  return (await mechaOver(runtime, way)).host({ onError: () => undefined, ...options });
}

function failureOf(act: () => unknown): MechaError {
  try {
    act();
  } catch (error) {
    if (MechaError.is(error)) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

describe("two handlers of which one would never be called", () => {
  const cart = { create: () => ({}) };
  const pairs: [string, (host: Host) => unknown, (host: Host) => unknown][] = [
    ["one method", (host) => host.onInvoke("m", nothing), (host) => host.onInvoke("m", nothing)],
    [
      "one method and verb",
      (host) => host.onInvoke("m", nothing, { verbs: ["GET", "PUT"] }),
      (host) => host.onInvoke("m", nothing, { verbs: ["PUT"] }),
    ],
    ["one topic", (host) => host.onTopic("events", "t", nothing), (host) => host.onBulkTopic("events", "t", nothing)],
    [
      "one rule",
      (host) => host.onTopic("events", "t", nothing, { match: "true" }),
      (host) => host.onTopic("events", "t", nothing, { match: " true " }),
    ],
    ["one binding", (host) => host.onBinding("b", nothing), (host) => host.onBinding("b", nothing)],
    ["one job", (host) => host.onJob("j", nothing), (host) => host.onJob("j", nothing)],
    ["one type of actors", (host) => host.actor(cart, { type: "C" }), (host) => host.actor(cart, { type: "C" })],
    ["health", (host) => host.onHealth(nothing), (host) => host.onHealth(nothing)],
    ["one path of the HTTP host", (host) => host.onInvoke("b", nothing), (host) => host.onBinding("b", nothing)],
    [
      "one path, of a binding and a topic",
      (host) => host.onBinding("b", nothing, { route: "/x" }),
      (host) => host.onTopic("events", "t", nothing, { route: "/x" }),
    ],
  ];

  it.each(pairs)("are refused where they are registered: %s", async (_title, first, second) => {
    const host = await newHost();
    first(host);
    expect(failureOf(() => second(host))).toMatchObject({ code: "ALREADY_EXISTS" });
  });

  it("are not those of other verbs, rules and paths", async () => {
    const host = (await newHost())
      .onInvoke("m", nothing, { verbs: ["GET"] })
      .onInvoke("m", nothing, { verbs: ["POST"] })
      .onTopic("events", "t", nothing)
      .onTopic("events", "t", nothing, { match: "true" })
      .onBinding("b", nothing)
      .onInvoke("b", nothing, { verbs: ["GET"] });
    expect(host).toBeDefined();
  });
});

describe("options of a topic", () => {
  it("may not contradict each other, nor leave a handler without a route", async () => {
    const host = (await newHost()).onTopic("events", "t", nothing, { deadLetterTopic: "one" });
    const other = { match: "true", deadLetterTopic: "other" };
    expect(failureOf(() => host.onTopic("events", "t", nothing, other)).message).toMatch(/deadLetterTopic/u);
    host.onTopic("events", "routed", nothing, { route: "/r" });
    expect(failureOf(() => host.onTopic("events", "routed", nothing)).message).toMatch(/never be called/u);
  });
});

describe("the table of hosts", () => {
  const handlers: Record<string, (host: Host) => Host> = {
    onTopic: (host) => host.onTopic("events", "t", nothing),
    "onTopic with match": (host) => host.onTopic("events", "t", nothing, { match: "true" }),
    "onTopic with bulk": (host) => host.onTopic("events", "t", nothing, { bulk: true }),
    "onTopic with route": (host) => host.onTopic("events", "t", nothing, { route: "/r" }),
    onBulkTopic: (host) => host.onBulkTopic("events", "t", nothing),
    onInvoke: (host) => host.onInvoke("m", nothing),
    onBinding: (host) => host.onBinding("b", nothing),
    onJob: (host) => host.onJob("j", nothing),
    onConfiguration: (host) => host.onConfiguration("settings", [], nothing),
    actor: (host) => host.actor({ create: () => ({}) }, { type: "C" }),
    onHealth: (host) => host.onHealth(nothing),
  };
  const titleOf = ({ handler, option }: { readonly handler: string; readonly option?: string }): string =>
    option === undefined ? handler : `${handler} with ${option}`;

  it("has a line for every handler and option", () => {
    expect(hostChoices.map(titleOf).sort()).toEqual(Object.keys(handlers).sort());
  });

  it.each(hostChoices)("is true of $handler $option on the embedded runtime: $embedded", async (choice) => {
    const host = handlers[titleOf(choice)]!(await newHost());
    const outcome: unknown = await host.start().then(
      () => "started",
      (error: unknown) => error,
    );
    if (choice.embedded === "refused") {
      expect(outcome).toMatchObject({
        code: "UNIMPLEMENTED",
        message: expect.stringContaining(choice.handler) as unknown,
      });
    } else if (choice.handler === "onConfiguration") {
      // There is no such store here: what matters is that the runtime was asked.
      expect(outcome).toMatchObject({ message: expect.stringContaining("settings") as unknown });
    } else expect(outcome).toBe("started");
  });

  it.each(hostChoices.filter(({ sidecar }) => sidecar === "call"))(
    "is true of $handler $option beside a sidecar, which needs a port",
    async (choice) => {
      const host = handlers[titleOf(choice)]!(await newHost("gRPC"));
      await expect(host.start()).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringMatching(new RegExp(`${choice.handler}.*APP_PORT`, "u")) as unknown,
      });
    },
  );

  it("does not ask for a port where a stream does", async () => {
    const host = (await newHost("gRPC")).onTopic("events", "t", nothing, { deadLetterTopic: "d" }).onHealth(nothing);
    await host.start();
  });
});

describe("the settings of a host's server", () => {
  it("may name only protocols that the host speaks", async () => {
    vi.stubEnv("APP_PORT", "4000");
    vi.stubEnv("APP_PROTOCOL", "h2c");
    const host = (await newHost("gRPC")).onInvoke("m", nothing);
    await expect(host.start()).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/"h2c".*APP_PROTOCOL.*grpc or http/u) as unknown,
    });
  });
});
