import { join } from "node:path";
import { createTopic } from "@mecha/engines";
import { root } from "../workspace.js";
import { atLeast, type Check, equal } from "./check.js";
import { readCommandCounts, resetCommandCounts } from "./redis-command-counts.js";
import { type NacosProxy, startNacosProxy } from "./nacos-proxy.js";
import { countOf, type CountedRun, type Place, type PlaceOptions } from "./place.js";
import {
  disposeAll,
  messagesOf,
  type NamedServers,
  refuseMissing,
  serverNames,
  type Servers,
  startServers,
} from "./servers.js";

/**
 * Real Redis, RocketMQ and Nacos: the named ones, or some of our own that end with the run.
 *
 * @param topic - the topic that the app will use, namespace included; RocketMQ must know it before the first message
 * @throws MissingEngines if a server must be started that is not installed
 */
export async function openOpenSource(
  named: NamedServers,
  topic: string,
  { components = join(root, "components/open-source"), report }: PlaceOptions,
): Promise<Place> {
  refuseMissing(serverNames, named);
  const started: AsyncDisposable[] = [];
  try {
    const servers = await startServers(serverNames, named, { started, report });
    await createTopic({ nameServer: servers.rocketmq }, topic);
    const proxy = await startNacosProxy(servers.nacos);
    started.push(proxy);
    return place({ servers, proxy, topic, components, started });
  } catch (error) {
    await disposeAll(started);
    throw error;
  }
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
