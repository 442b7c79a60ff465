import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import type { RedisAddress } from "@mecha/engines";
import type { Mecha } from "@mecha/sdk-core";
import { onTestFinished, vi } from "vitest";
import { kill, openRuntime } from "./killed-actors.js";
import { resourceFolder } from "./runtime-fixture.js";

/** What a process does that must not be lost: state and events, in files and in Redis, jobs, reminders of actors. */
export const workKinds = ["file", "cache", "local", "stream", "job", "reminder"] as const;

/** The same, and events on a broker, where there is one. */
export const workKindsWithBroker = [...workKinds, "broker"] as const;

/** The kinds that are events, which are named as their components. */
export const eventKinds = ["local", "stream", "broker"] as const;

/** One of {@link workKindsWithBroker}. */
export type WorkKind = (typeof workKindsWithBroker)[number];

/** A folder with durable components, whose runtimes meet in a folder of its own. */
export async function workFolder(
  { address }: RedisAddress,
  broker?: { readonly nameServer: string; readonly consumerGroup: string },
): Promise<string> {
  vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
  onTestFinished(() => void vi.unstubAllEnvs());
  return resourceFolder({
    "store.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
    "cache.yaml": componentYaml("cache", "state.redis", { redisHost: address, keyPrefix: "killed-work" }),
    "local.yaml": componentYaml("local", "pubsub.sqlite", { connectionString: "events.db" }),
    "stream.yaml": componentYaml("stream", "pubsub.redis", { redisHost: address, ...soonRedelivered }),
    ...(broker !== undefined && { "broker.yaml": brokerYaml(broker) }),
  });
}

/** What a killed process had in hand comes back sooner than the reader gives up. */
const soonRedelivered = { processingTimeout: "5s", redeliverInterval: "1000" };

/** RocketMQ may take long to tell a new process where its topics are, on a machine that is busy. */
function brokerYaml(metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).map(([name, value]) => ({ name, value }));
  const spec = { type: "pubsub.rocketmq", version: "v1", initTimeout: "3m", metadata: entries };
  return JSON.stringify({ kind: "Component", metadata: { name: "broker" }, spec });
}

/** Where a process works, and what its work is called. */
export interface WorkPlace {
  readonly folder: string;
  readonly topic: string;
  /** Tells the work of one process from that of others. */
  readonly run: string;
  /** @defaultValue {@link workKinds} */
  readonly kinds?: readonly WorkKind[];
}

/**
 * Starts a process that works, and kills it (SIGKILL) when it has acknowledged `count` pieces of each kind.
 *
 * @returns the names of all that it acknowledged
 */
export function workUntilKilled(
  { folder, run, topic, kinds = workKinds }: WorkPlace,
  count: number,
): Promise<readonly string[]> {
  return namedUntilKilled(["work-process.ts", folder, run, topic, ...kinds], { kinds, count });
}

/**
 * Starts a process that handles events, and kills it (SIGKILL) when it has handled `count` of each of {@link eventKinds}, with more in hand.
 *
 * @returns the names of all that it handled
 */
export function handledUntilKilled(
  { folder, topic }: Pick<WorkPlace, "folder" | "topic">,
  count: number,
): Promise<readonly string[]> {
  return namedUntilKilled(["consume-process.ts", folder, topic, String(count), ...eventKinds], {
    kinds: eventKinds,
    count,
  });
}

/** Starts a program of this folder, and kills it when it has named `count` pieces of work of each kind. */
async function namedUntilKilled(
  [program = "", ...parameters]: readonly string[],
  { kinds, count }: { readonly kinds: readonly WorkKind[]; readonly count: number },
): Promise<readonly string[]> {
  const child = fork(join(import.meta.dirname, program), parameters, {
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const named: string[] = [];
  const left = new Map<string, number>(kinds.map((kind) => [kind, count]));
  await new Promise<void>((resolve, reject) => {
    child.on("message", (name: string) => {
      if (name === "ready") return;
      named.push(name);
      const kind = kindOf(name);
      left.set(kind, (left.get(kind) ?? 0) - 1);
      if ([...left.values()].every((more) => more <= 0)) resolve();
    });
    void once(child, "exit").then(() => {
      reject(new Error("the process ended by itself"));
    });
  });
  await kill(child);
  return named;
}

/** The kind of a piece of work, by its name. */
export function kindOf(name: string): string {
  return name.slice(0, name.indexOf("-"));
}

/**
 * Reads everything back in this process, on a runtime of its own.
 *
 * @param taken - work that was taken away on purpose: its events are not waited for
 * @returns the names of acknowledged work that is not there
 */
export async function lostOf(
  { folder, topic }: Pick<WorkPlace, "folder" | "topic">,
  acknowledged: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const { mecha } = await openRuntime(folder);
  const host = mecha.host().actor({ create: () => ({}) }, { type: "Sleeper" });
  await host.start();
  const of = (kind: WorkKind): readonly string[] => acknowledged.filter((name) => kindOf(name) === kind);
  const kept = new Set<string>([
    ...(await statesOf(mecha, "store", of("file"))),
    ...(await statesOf(mecha, "cache", of("cache"))),
    ...(await eventsOf(mecha, { pubsub: "local", topic, expected: of("local").filter((name) => !taken.has(name)) })),
    ...(await eventsOf(mecha, { pubsub: "stream", topic, expected: of("stream").filter((name) => !taken.has(name)) })),
    ...(await eventsOf(mecha, { pubsub: "broker", topic, expected: of("broker") })),
    ...(await mecha.jobs().list()).filter((job) => job.json() === job.name).map(({ name }) => name),
    ...(await mecha.actorType("Sleeper").reminders.list())
      .filter(({ name, data }) => data === name)
      .map(({ name }) => name),
  ]);
  await host.close();
  return acknowledged.filter((name) => !kept.has(name));
}

async function statesOf(mecha: Mecha, store: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await mecha.state<string>(store).getMany([...names]);
  return [...found].filter(([name, entry]) => entry.value === name).map(([name]) => name);
}

interface EventsToRead {
  readonly pubsub: string;
  readonly topic: string;
  readonly expected: readonly string[];
}

/** Takes events until all that are expected have come, or none comes for long. */
async function eventsOf(mecha: Mecha, { pubsub, topic, expected }: EventsToRead): Promise<ReadonlySet<string>> {
  if (expected.length === 0) return new Set();
  const missing = new Set(expected);
  const seen = new Set<string>();
  const idle = new AbortController();
  const giveUp = (): void => {
    idle.abort();
  };
  let timer = setTimeout(giveUp, longestSilenceMs);
  try {
    for await (const received of mecha.pubsub(pubsub).subscribe<string>(topic, { signal: idle.signal })) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, longestSilenceMs);
      seen.add(received.event.data);
      missing.delete(received.event.data);
      received.ack();
      if (missing.size === 0) break;
    }
  } catch (error) {
    if (!idle.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return seen;
}

const longestSilenceMs = 30_000;
