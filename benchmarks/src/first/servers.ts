import { missing, startNacos, startRedis, startRocketmq } from "@mecha/engines";

/** Addresses of the servers that all sides share, `host:port` each. */
export interface Servers extends AsyncDisposable {
  readonly redis: string;
  readonly rocketmq: string;
  readonly nacos: string;
}

/**
 * Starts Redis, RocketMQ and Nacos for all measurements of a run.
 *
 * @throws Error that lists what the machine lacks and how to get it
 */
export async function startServers(report: (line: string) => void): Promise<Servers> {
  refuseMissing();
  report("starting Redis, RocketMQ and Nacos");
  const starts = [startRedis(), startRocketmq(), startNacos()] as const;
  const stop = async () => {
    const started = await Promise.allSettled(starts);
    await Promise.all(
      started.map((one) => (one.status === "fulfilled" ? one.value[Symbol.asyncDispose]() : undefined)),
    );
  };
  try {
    const [redis, rocketmq, nacos] = await Promise.all(starts);
    return { redis: redis.address, rocketmq: rocketmq.nameServer, nacos: nacos.address, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function refuseMissing(): void {
  const lacks = (["redis", "rocketmq", "nacos"] as const)
    .map((name) => missing(name))
    .filter((lack) => lack !== undefined);
  if (lacks.length === 0) return;
  const lines = lacks.map(({ engine, what, remedy }) => `  ${engine}: ${what} is missing; ${remedy}`);
  throw new Error(`This machine lacks:\n${lines.join("\n")}`);
}
