import { parseArgs } from "node:util";
import type { NamedServers, ServerName } from "./servers.js";

/** Where the example can run. */
const placeNames = ["laptop", "open-source", "daprd"] as const;

/** The servers that a place needs, which may be named. */
const serversOf: Readonly<Record<PlaceName, readonly ServerName[]>> = {
  laptop: [],
  "open-source": ["redis", "rocketmq", "nacos"],
  daprd: ["redis", "rocketmq"],
};

/** One of the places. */
type PlaceName = (typeof placeNames)[number];

/** What `npm run demo` was asked for. */
export interface DemoOptions {
  readonly on: PlaceName;
  /** One JSON document on standard output, progress on standard error. */
  readonly json: boolean;
  /** Kill a worker of `orders` and `inventory` with SIGKILL in the middle of the run. */
  readonly kill: boolean;
  /** Takes only the first orders of the data; all if absent. */
  readonly limit?: number;
  /** Servers to use instead of starting some: `host:port`. */
  readonly servers: NamedServers;
  /** Component folder instead of the place's own. */
  readonly components?: string;
}

/** What `--help` prints. */
export const usage = `npm run demo [-- options]

Runs the example app (examples/saas-orders: two services on ioredis, nacos, ali-ons and sofa-rpc-node) on Mecha and
checks what came out.

  --on laptop         this machine alone: SQLite files (default)
  --on open-source    real Redis, RocketMQ and Nacos, started here unless named:
      --redis host:port      use this Redis
      --rocketmq host:port   use the RocketMQ with this name server
      --nacos host:port      use this Nacos
  --on daprd          a real Dapr sidecar for each service, on real Redis and RocketMQ; takes --redis and --rocketmq
  --kill              kill a worker and the inventory service in the middle of the run
  --limit n           only the first n orders
  --components path   another component folder
  --json              one JSON document on standard output
  --help              this text

The exit code is 0 if every check holds, 1 if one does not or the run failed, 2 for wrong options.`;

/** Options that cannot be understood. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @returns the options, or `"help"`
 * @throws UsageError that names the option
 */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parse(args);
  if (values.help === true) return "help";
  const on = placeNames.find((name) => name === (values.on ?? "laptop"));
  if (on === undefined)
    throw new UsageError(
      `--on ${String(values.on)}: there is ${placeNames.slice(0, -1).join(", ")} and ${placeNames.at(-1) ?? ""}`,
    );
  const { redis, rocketmq, nacos, components } = values;
  const servers = { ...(redis && { redis }), ...(rocketmq && { rocketmq }), ...(nacos && { nacos }) };
  for (const [name, address] of Object.entries(servers)) {
    const places = placeNames.filter((place) => serversOf[place].some((server) => server === name));
    if (!places.includes(on)) throw new UsageError(`--${name} goes with --on ${places.join(" and --on ")}`);
    if (!/^[^\s:/]+:\d{1,5}$/.test(address)) throw new UsageError(`--${name} ${address}: host:port is expected`);
  }
  const limit = values.limit === undefined ? undefined : Number(values.limit);
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 1))
    throw new UsageError(`--limit ${String(values.limit)}: a number from 2 is expected`);
  return {
    on,
    json: values.json === true,
    kill: values.kill === true,
    servers,
    ...(limit !== undefined && { limit }),
    ...(components !== undefined && { components }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        on: { type: "string" },
        json: { type: "boolean" },
        kill: { type: "boolean" },
        limit: { type: "string" },
        redis: { type: "string" },
        rocketmq: { type: "string" },
        nacos: { type: "string" },
        components: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
