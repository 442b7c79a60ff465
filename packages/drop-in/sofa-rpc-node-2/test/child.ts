import cluster from "node:cluster";
import { load, silent } from "./library.js";

/**
 * Run as a process of its own: which library, what it does, and the port of a provider (0 takes a free one). Says `ready` when
 * it has done what the scenario says, and its port before that.
 */
const [kind, scenario = "", port = "0"] = process.argv.slice(2);
const { client, server } = await load(kind);
const info = { interfaceName: "com.acme.Lives" };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function provide() {
  const provider = new server.RpcServer({ logger: silent, port: Number(port) });
  provider.on("error", () => undefined);
  provider.addService(info, {
    async echo(value: unknown) {
      return value;
    },
    async never() {
      say("called");
      return new Promise(() => undefined);
    },
  });
  await provider.start();
  await provider.publish();
  say(`port ${provider.publishPort}`);
  return provider;
}

function consume() {
  const caller = new client.RpcClient({ logger: silent });
  caller.on("error", () => undefined);
  // What the original retries by: the app of an example passes these.
  const tuning = { retryFaultInterval: 200, connectTimeout: 1_000, waitConnect: true };
  const consumer = caller.createConsumer({
    ...info,
    serverHost: `127.0.0.1:${port}`,
    responseTimeout: 20_000,
    ...tuning,
  });
  return { caller, consumer };
}

/** Calls until one succeeds. */
async function callUntilAnswered(consumer: ReturnType<typeof consume>["consumer"]): Promise<unknown> {
  for (;;) {
    try {
      return await consumer.invoke("echo", ["there"], { responseTimeout: 2_000 });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const scenarios: Readonly<Record<string, () => Promise<unknown>>> = {
  "a server stays open": provide,
  "a server closes": async () => (await provide()).close(),
  async "a client stays open"() {
    const { consumer } = consume();
    await consumer.ready();
    say(String(await consumer.invoke("echo", ["hi"])));
  },
  async "a consumer closes, its client stays open"() {
    const { consumer } = consume();
    await consumer.ready();
    await consumer.invoke("echo", ["hi"]);
    consumer.close();
  },
  async "a client closes"() {
    const { caller, consumer } = consume();
    await consumer.ready();
    await consumer.invoke("echo", ["hi"]);
    await caller.close();
  },
  async "a client without calls"() {
    const caller = new client.RpcClient({ logger: silent });
    caller.on("error", () => undefined);
  },
  async "a caller whose provider dies"() {
    const { caller, consumer } = consume();
    await consumer.ready();
    say("ready");
    const error = await consumer.invoke("never", []).catch((thrown: unknown) => thrown);
    say(`failed ${(error as Error).name}`);
    say(`answered ${String(await callUntilAnswered(consumer))}`);
    await caller.close();
  },
  async "workers of a cluster call"() {
    if (cluster.isPrimary) {
      for (let count = 0; count < 2; count++) cluster.fork();
      return;
    }
    const { caller, consumer } = consume();
    await consumer.ready();
    say(`worker ${cluster.worker!.id} ${String(await consumer.invoke("echo", ["hi"]))}`);
    await caller.close();
    cluster.worker!.disconnect();
  },
};

await scenarios[scenario]?.();
if (cluster.isPrimary) say("ready");
