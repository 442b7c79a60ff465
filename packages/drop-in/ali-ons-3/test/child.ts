import { load, optionsFor } from "./library.js";

/** Run as a process of its own by liveness.test.ts: which library, what it does, and the legacy address. */
const [kind, scenario = "", nameServer = ""] = process.argv.slice(2);
const { Producer, Consumer, Message } = await load(kind === "drop-in" ? kind : "original");

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const producerOf = () => new Producer(optionsFor(nameServer, "PID_liveness"));
const consumerOf = (options: object = {}) => new Consumer(optionsFor(nameServer, "GID_liveness", options));

const scenarios: Readonly<Record<string, () => Promise<unknown> | void>> = {
  async "a producer stays open"() {
    await producerOf().ready();
  },
  async "a consumer stays open"() {
    await consumerOf().ready();
  },
  async "a producer sends and closes"() {
    const producer = producerOf();
    await producer.send(new Message("liveness", "x", "b"));
    say("closing");
    await producer.close();
  },
  async "a consumer subscribes and closes"() {
    const consumer = consumerOf();
    consumer.on("error", () => undefined);
    consumer.subscribe("liveness", "never", async () => undefined);
    await consumer.ready();
    await consumer.close();
  },
  async "a broadcast consumer subscribes and closes"() {
    const consumer = consumerOf({ isBroadcast: true });
    consumer.subscribe("liveness", "never", async () => undefined);
    await consumer.ready();
    await consumer.close();
  },
  async "clients close before they are ready"() {
    await Promise.all([producerOf().close(), consumerOf().close()]);
  },
  async "a client fails to start"() {
    const consumer = consumerOf();
    await consumer.ready().catch((error: unknown) => say((error as Error).name));
  },
};

await scenarios[scenario]?.();
say("ready");
