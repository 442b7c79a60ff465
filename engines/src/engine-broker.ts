import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type EngineAddresses, isSharedEngine, type RunningEngine, type SharedEngineName } from "./engine.js";
import { startNacos } from "./nacos.js";
import { startPlacement } from "./placement.js";
import { startRedis } from "./redis.js";
import { startRocketmq } from "./rocketmq.js";
import { startScheduler } from "./scheduler.js";

/** The test run's one set of engines, reachable from its worker processes. */
export interface EngineBroker {
  /** `GET <url>/<engine>` starts the engine on first demand and answers with its address as JSON. */
  readonly url: string;
  /** Kills what was started and closes the door. */
  close(): Promise<void>;
}

type Starts = { readonly [Name in SharedEngineName]: () => Promise<RunningEngine & EngineAddresses[Name]> };

const starts: Starts = {
  redis: () => startRedis(),
  rocketmq: () => startRocketmq(),
  nacos: () => startNacos(),
  placement: () => startPlacement(),
  scheduler: () => startScheduler(),
};

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  // The door of a run that forgets to close it must not keep the run from ending.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens a loopback door through which the workers of a test run ask for engines; each is started once, when first asked for. */
export async function openEngineBroker(): Promise<EngineBroker> {
  const running = new Map<SharedEngineName, Promise<RunningEngine>>();
  const demand = (name: SharedEngineName): Promise<RunningEngine> => {
    const engine = running.get(name) ?? starts[name]();
    running.set(name, engine);
    return engine;
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    if (!isSharedEngine(name)) {
      answer(response, 404, { error: `there is no engine ${name}` });
      return;
    }
    demand(name).then(
      (engine) => answer(response, 200, engine),
      (error: unknown) => answer(response, 503, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
  return {
    url: await listen(server),
    close: async () => {
      const started = await Promise.allSettled(running.values());
      const engines = started.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
      await Promise.all(engines.map((engine) => engine.stop({ hard: true })));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
