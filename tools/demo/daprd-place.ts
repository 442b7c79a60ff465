import { join } from "node:path";
import { createScratchFolder, createTopic, freePortFamily } from "@mecha/engines";
import { root } from "../workspace.js";
import { askRedis } from "./ask-redis.js";
import { atLeast, type Check, equal } from "./check.js";
import { countOf, type CountedRun, inEnvironment, type Place, type PlaceOptions } from "./place.js";
import { readCommandCounts, resetCommandCounts } from "./redis-command-counts.js";
import {
  disposeAll,
  keep,
  messagesOf,
  type NamedServers,
  refuseMissing,
  type Servers,
  startServers,
} from "./servers.js";
import { type Sidecar, startSidecar } from "./sidecar.js";

const needed = ["redis", "rocketmq"] as const;

/**
 * A real Dapr sidecar for each of the services, on real Redis and RocketMQ: the named ones, or some of our own that end
 * with the run, as the sidecars do.
 *
 * @param environment - goes before topics and groups on servers that others use; empty if there are no others
 * @throws MissingEngines if something must be started that is not installed
 */
export async function openDaprd(
  named: NamedServers,
  environment: string,
  { components = join(root, "components/daprd"), report }: PlaceOptions,
): Promise<Place> {
  refuseMissing([...needed, "daprd"], named);
  const started: AsyncDisposable[] = [];
  try {
    const servers = await startServers(needed, named, { started, report });
    const topic = inEnvironment(environment, "order-created");
    await createTopic({ nameServer: servers.rocketmq }, topic);
    // configuration.redis hears of changes by these.
    await askRedis(servers.redis, "CONFIG SET notify-keyspace-events KEA");
    report("starting a sidecar of daprd for orders, and one for inventory");
    const appPort = await freePortFamily([0]);
    const folder = createScratchFolder("demo-daprd");
    started.push(folder);
    const shared = {
      components,
      namesFile: join(folder.path, "names.db"),
      env: {
        REDIS_ADDRESS: servers.redis,
        ROCKETMQ_NAME_SERVER: servers.rocketmq,
        ROCKETMQ_CONSUMER_GROUP: inEnvironment(environment, "GID_shop_inventory"),
      },
    };
    const orders = keep(started, await startSidecar({ ...shared, appId: "orders" }));
    const inventory = keep(started, await startSidecar({ ...shared, appId: "inventory", appPort }));
    return place({ servers, sidecars: { orders, inventory }, appPort, topic, components, started });
  } catch (error) {
    await disposeAll(started);
    throw error;
  }
}

interface PlaceParts {
  readonly servers: Servers<(typeof needed)[number]>;
  readonly sidecars: { readonly orders: Sidecar; readonly inventory: Sidecar };
  readonly appPort: number;
  readonly topic: string;
  readonly components: string;
  readonly started: readonly AsyncDisposable[];
}

function place({ servers, sidecars, appPort, topic, components, started }: PlaceParts): Place {
  const { orders, inventory } = sidecars;
  let sentBefore = 0;
  return {
    components,
    env: { MECHA_MODE: "sidecar" },
    serviceEnv: {
      orders: { DAPR_GRPC_PORT: String(orders.grpcPort) },
      inventory: { DAPR_GRPC_PORT: String(inventory.grpcPort), APP_PORT: String(appPort), APP_PROTOCOL: "grpc" },
    },
    async beforeRun() {
      await resetCommandCounts(servers.redis);
      sentBefore = await messagesOf(servers.rocketmq, topic);
    },
    async countChecks(run) {
      const sent = (await messagesOf(servers.rocketmq, topic)) - sentBefore;
      const commands = await readCommandCounts(servers.redis);
      const metrics = await Promise.all([orders.metrics(), inventory.metrics()]);
      const counted = (name: string): number => metrics.reduce((sum, each) => sum + (each.get(name) ?? 0), 0);
      return countChecks(run, { sent, commands, counted });
    },
    // As `dapr run` does: the sidecar ends with its app.
    onInventoryDown: () => inventory.restart(),
    [Symbol.asyncDispose]: () => disposeAll(started),
  };
}

interface BackendCounts {
  readonly sent: number;
  readonly commands: ReadonlyMap<string, number>;
  /** The sum of a metric of daprd over labels and sidecars. */
  readonly counted: (name: string) => number;
}

/** Every call must have gone through a sidecar, and what it says must be so behind it. */
function countChecks(
  { calls, driven, killed }: CountedRun,
  { sent, commands, counted }: BackendCounts,
): readonly Check[] {
  const compare = killed ? atLeast : equal;
  const sends = countOf(calls, "mq", (name) => name === "send");
  const redis = (name: string): number => commands.get(name) ?? 0;
  return [
    compare("messages sent: RocketMQ offsets and calls", sent, sends),
    compare("messages sent: daprd's count and calls", counted("dapr_component_pubsub_egress_count"), sends),
    compare(
      "RPC calls: daprd's count and calls",
      counted("dapr_runtime_service_invocation_req_sent_total"),
      countOf(calls, "rpc"),
    ),
    compare(
      "configuration published: daprd's count and calls",
      counted("dapr_component_output_binding_count"),
      countOf(calls, "config", (name) => name === "create"),
    ),
    atLeast(
      "state: daprd's count, three calls an order",
      counted("dapr_component_state_count"),
      3 * driven.orders.total,
    ),
    atLeast("state: Redis's count of daprd's reads", redis("hgetall"), driven.orders.total),
    atLeast("state: Redis's count of daprd's writes", redis("eval") + redis("evalsha"), driven.orders.total),
  ];
}
