import { join } from "node:path";
import { createTopic, missing, startNacos, startRedis, startRocketmq, topicOffsets } from "@mecha/engines";
import { root } from "../workspace.js";
import { atLeast, type Check, equal } from "./check.js";
import { readCommandCounts, resetCommandCounts } from "./redis-command-counts.js";
import { type NacosProxy, startNacosProxy } from "./nacos-proxy.js";
import { countOf, type CountedRun, type Place } from "./place.js";

/** Servers to use instead of starting them, as `host:port`. */
export interface NamedServers {
  readonly redis?: string;
  readonly rocketmq?: string;
  readonly nacos?: string;
}

/** Addresses of the three servers. */
interface Servers {
  readonly redis: string;
  readonly rocketmq: string;
  readonly nacos: string;
}

/** What the machine lacks, with the command that gets it. */
class MissingEngines extends Error {}

/**
 * Real Redis, RocketMQ and Nacos: the named ones, or some of our own that end with the run.
 *
 * @param topic - the topic that the app will use, namespace included; RocketMQ must know it before the first message
 * @throws MissingEngines if a server must be started that is not installed
 */
export async function openOpenSource(
  named: NamedServers,
  topic: string,
  {
    components = join(root, "components/open-source"),
    report,
  }: { readonly components?: string; readonly report: (line: string) => void },
): Promise<Place> {
  refuseMissing(named);
  const started: AsyncDisposable[] = [];
  try {
    const servers = await startServers(named, started, report);
    await createTopic({ nameServer: servers.rocketmq }, topic);
    const proxy = await startNacosProxy(servers.nacos);
    started.push(proxy);
    return place({ servers, proxy, topic, components, started });
  } catch (error) {
    await disposeAll(started);
    throw error;
  }
}

function refuseMissing(named: NamedServers): void {
  const lacking = (["redis", "rocketmq", "nacos"] as const)
    .filter((name) => named[name] === undefined)
    .map((name) => missing(name));
  const lines = lacking
    .filter((lack) => lack !== undefined)
    .map(({ engine, what, remedy }) => `  ${engine} needs ${what}: ${remedy}`);
  if (lines.length > 0)
    throw new MissingEngines(
      `This machine lacks:\n${lines.join("\n")}\nOr name servers that run: --redis, --rocketmq, --nacos host:port`,
    );
}

async function startServers(
  named: NamedServers,
  started: AsyncDisposable[],
  report: (line: string) => void,
): Promise<Servers> {
  const toStart = ["redis", "rocketmq", "nacos"].filter((name) => named[name as keyof NamedServers] === undefined);
  if (toStart.length > 0) report(`starting ${toStart.join(", ")}`);
  const [redis, rocketmq, nacos] = await Promise.all([
    named.redis ?? startRedis().then((engine) => keep(started, engine).address),
    named.rocketmq ?? startRocketmq().then((engine) => keep(started, engine).nameServer),
    named.nacos ?? startNacos().then((engine) => keep(started, engine).address),
  ]);
  return { redis, rocketmq, nacos };
}

function keep<T extends AsyncDisposable>(started: AsyncDisposable[], engine: T): T {
  started.push(engine);
  return engine;
}

async function disposeAll(started: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
}

interface PlaceParts {
  readonly servers: Servers;
  readonly proxy: NacosProxy;
  readonly topic: string;
  readonly components: string;
  readonly started: readonly AsyncDisposable[];
}

function place({ servers, proxy, topic, components, started }: PlaceParts): Place {
  let sentBefore = 0;
  return {
    components,
    env: { REDIS_ADDRESS: servers.redis, ROCKETMQ_NAME_SERVER: servers.rocketmq, NACOS_ADDRESS: proxy.address },
    async beforeRun() {
      await resetCommandCounts(servers.redis);
      sentBefore = await messagesOf(servers.rocketmq, topic);
      proxy.reset();
    },
    async countChecks(run) {
      const sent = (await messagesOf(servers.rocketmq, topic)) - sentBefore;
      return countChecks(run, { sent, commands: await readCommandCounts(servers.redis), nacos: proxy.counts() });
    },
    [Symbol.asyncDispose]: () => disposeAll(started),
  };
}

interface BackendCounts {
  readonly sent: number;
  readonly commands: ReadonlyMap<string, number>;
  readonly nacos: { readonly published: number; readonly read: number };
}

function countChecks({ calls, killed }: CountedRun, { sent, commands, nacos }: BackendCounts): readonly Check[] {
  const compare = killed ? atLeast : equal;
  const commandCount = [...commands.values()].reduce((sum, count) => sum + count, 0);
  return [
    compare("commands: Redis commandstats and calls", commandCount, countOf(calls, "cache")),
    compare(
      "messages sent: RocketMQ offsets and calls",
      sent,
      countOf(calls, "mq", (name) => name === "send"),
    ),
    compare(
      "configuration published: requests at Nacos and calls",
      nacos.published,
      countOf(calls, "config", (name) => name === "create"),
    ),
    atLeast(
      "configuration read: requests at Nacos and calls",
      nacos.read,
      countOf(calls, "config", (name) => name === "get"),
    ),
  ];
}

async function messagesOf(nameServer: string, topic: string): Promise<number> {
  const queues = await topicOffsets(nameServer, topic);
  return queues.reduce((sum, { max }) => sum + max, 0);
}
