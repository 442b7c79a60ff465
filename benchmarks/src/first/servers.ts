import { startNacos, startRedis, startRocketmq } from "@mecha/engines";

/** Addresses of the servers that all sides share, `host:port` each. */
export interface Servers extends AsyncDisposable {
  readonly redis: string;
  readonly rocketmq: string;
  readonly nacos: string;
}

/** Starts Redis, RocketMQ and Nacos for all measurements of a run. */
export async function startServers(report: (line: string) => void): Promise<Servers> {
  report("starting Redis, RocketMQ and Nacos");
  const started: AsyncDisposable[] = [];
  const keep = async <Engine extends AsyncDisposable>(starting: Promise<Engine>): Promise<Engine> => {
    const engine = await starting;
    started.push(engine);
    return engine;
  };
  const stop = async () => {
    await Promise.all(started.map((engine) => engine[Symbol.asyncDispose]()));
  };
  try {
    const redis = await keep(startRedis());
    const starting = [keep(startRocketmq()), keep(startNacos())] as const;
    // Both are settled before one is given up: else the other would start after the stop.
    await Promise.allSettled(starting);
    const [rocketmq, nacos] = await Promise.all(starting);
    return { redis: redis.address, rocketmq: rocketmq.nameServer, nacos: nacos.address, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
