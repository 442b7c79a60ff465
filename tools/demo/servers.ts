import { type EngineName, missing, startNacos, startRedis, startRocketmq, topicOffsets } from "@mecha/engines";

/** The servers that may be named instead of being started. */
export const serverNames = ["redis", "rocketmq", "nacos"] as const;

/** One of the servers. */
export type ServerName = (typeof serverNames)[number];

/** Servers to use instead of starting them, as `host:port`. */
export type NamedServers = Readonly<Partial<Record<ServerName, string>>>;

/** Addresses of servers, as `host:port`. */
export type Servers<Name extends ServerName = ServerName> = Readonly<Record<Name, string>>;

/** What the machine lacks, with the command that gets it. */
class MissingEngines extends Error {}

/** @throws MissingEngines if something must be started that is not installed; its message has the commands that install it */
export function refuseMissing(engines: readonly EngineName[], named: NamedServers): void {
  const lines = engines
    .filter((name) => named[name as ServerName] === undefined)
    .flatMap((name) => missing(name) ?? [])
    .map(({ engine, what, remedy }) => `  ${engine} needs ${what}: ${remedy}`);
  if (lines.length === 0) return;
  const nameable = engines.filter((name) => (serverNames as readonly string[]).includes(name));
  throw new MissingEngines(
    `This machine lacks:\n${lines.join("\n")}\nOr name servers that run: ${nameable.map((name) => `--${name}`).join(", ")} host:port`,
  );
}

/** What is started, and where that is told. */
export interface Starting {
  /** Takes what was started. */
  readonly started: AsyncDisposable[];
  readonly report: (line: string) => void;
}

/** Starts the servers that are not named. RocketMQ's address is the one of its name server. */
export async function startServers<Name extends ServerName>(
  names: readonly Name[],
  named: NamedServers,
  { started, report }: Starting,
): Promise<Servers<Name>> {
  const toStart = names.filter((name) => named[name] === undefined);
  if (toStart.length > 0) report(`starting ${toStart.join(", ")}`);
  const start: Readonly<Record<ServerName, () => Promise<string>>> = {
    redis: async () => keep(started, await startRedis()).address,
    rocketmq: async () => keep(started, await startRocketmq()).nameServer,
    nacos: async () => keep(started, await startNacos()).address,
  };
  const addresses = await Promise.all(names.map(async (name) => [name, named[name] ?? (await start[name]())] as const));
  // One entry for each name, which is what the type says.
  return Object.fromEntries(addresses) as Servers<Name>;
}

/** Notes what has to be ended. */
export function keep<T extends AsyncDisposable>(started: AsyncDisposable[], engine: T): T {
  started.push(engine);
  return engine;
}

/** Ends everything. */
export async function disposeAll(started: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
}

/** How many messages a topic was ever given, by the broker's own count. */
export async function messagesOf(nameServer: string, topic: string): Promise<number> {
  const queues = await topicOffsets(nameServer, topic);
  return queues.reduce((sum, { max }) => sum + max, 0);
}
