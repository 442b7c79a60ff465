import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setTimeout as delay } from "node:timers/promises";
import { connect, MechaError, type Mecha } from "@mecha/sdk-core";
import { EventLedger } from "./event-ledger.js";
import type { OutagePlan, OutageReport, OutageSample } from "./outage-report.js";

interface Numbered {
  readonly event: number;
}

const callTimeoutMs = 5_000;
const roundEveryMs = 50;
const stateEveryRounds = 10;
const deliveryTimeoutMs = 60_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const unhandled: string[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(`rejection: ${String(reason)}`));
process.on("uncaughtException", (error) => unhandled.push(`exception: ${String(error)}`));
process.on("warning", ({ name, message }) => {
  if (name === "MaxListenersExceededWarning") unhandled.push(`${name}: ${message}`);
});

/** An app that publishes and handles numbered events in every way that it can, while its sidecar dies and comes back. */
class AppUnderLoad {
  readonly #plan: OutagePlan;
  readonly #mecha: Mecha;
  readonly #ledger = new EventLedger();
  readonly #failures: Record<string, number> = {};
  readonly #leaving = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #thrown = 0;
  #streamErrors = 0;
  #stateCalls = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(plan: OutagePlan, mecha: Mecha) {
    this.#plan = plan;
    this.#mecha = mecha;
  }

  /** Subscribes twice, which share the events: by a host, and by a loop. */
  async start(): Promise<void> {
    const { pubsub, topic } = this.#plan;
    const host = this.#mecha.host({ onError: this.#onStreamError });
    host.onTopic<Numbered>(pubsub, topic, async ({ data }) => this.#handle(data.event));
    await host.start();
    this.#loop = this.#receive();
  }

  async #receive(): Promise<void> {
    const { pubsub, topic } = this.#plan;
    const events = this.#mecha.pubsub(pubsub).subscribe<Numbered>(topic, {
      signal: this.#leaving.signal,
      maxInFlight: 5,
      onError: this.#onStreamError,
    });
    for await (const received of events) {
      this.#ledger.deliver(received.data.event);
      received.ack();
    }
  }

  readonly #onStreamError = (): void => {
    this.#streamErrors++;
  };

  /** Fails now and then, once; the event shall come again. daprd gives it up after the retries of its Resiliency policy. */
  #handle(event: number): void {
    if (event % 50 === 0 && this.#ledger.failOnce(event)) {
      this.#thrown++;
      throw new Error("this handler fails now and then");
    }
    this.#ledger.deliver(event);
  }

  /** Publishes one round of events, and goes on without waiting for them. */
  publishRound(round: number): void {
    const { pubsub, topic } = this.#plan;
    const end = { timeoutMs: callTimeoutMs };
    const plain = this.#mecha.pubsub(pubsub);
    const coalescing = this.#mecha.pubsub(pubsub, { coalesce: true });
    for (const facade of [plain, plain, coalescing, coalescing, coalescing]) {
      const event = this.#ledger.begin();
      this.#run(async () => {
        await facade.publish(topic, { event }, end);
        this.#ledger.resolve(event);
      });
    }
    if (round % stateEveryRounds === 0) {
      this.#run(() => this.#publishBulk(end));
      this.#run(() => this.#useState(round, end));
    }
  }

  async #publishBulk(end: { readonly timeoutMs: number }): Promise<void> {
    const { pubsub, topic } = this.#plan;
    const events = [this.#ledger.begin(), this.#ledger.begin(), this.#ledger.begin()];
    const entries = events.map((event) => ({ data: { event } }));
    const results = await this.#mecha.pubsub(pubsub).publishBulk(topic, entries, end);
    for (const [index, event] of events.entries()) if (results[index] === undefined) this.#ledger.resolve(event);
  }

  async #useState(round: number, end: { readonly timeoutMs: number }): Promise<void> {
    const store = this.#mecha.state<number>(this.#plan.store);
    await store.save("round", round, end);
    if ((await store.get("round", end)) === undefined) throw new Error("saved state is not there");
    this.#stateCalls++;
  }

  #run(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        const code = MechaError.is(error) ? error.code : "foreign";
        this.#failures[code] = (this.#failures[code] ?? 0) + 1;
      })
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** Waits until no call is under way. */
  async rest(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Waits until all that must come has come, or for so long. */
  async untilDelivered(): Promise<void> {
    const deadline = performance.now() + deliveryTimeoutMs;
    while (this.#ledger.sum().missing.length > 0 && performance.now() < deadline) await delay(100);
  }

  async stop(): Promise<Omit<OutageReport, "handlesAtStart" | "handlesAtEnd" | "samples" | "unhandled">> {
    this.#leaving.abort();
    await this.#loop;
    await this.#mecha.close();
    return {
      ...this.#ledger.sum(),
      thrown: this.#thrown,
      failures: this.#failures,
      stateCalls: this.#stateCalls,
      streamErrors: this.#streamErrors,
    };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function handles(): number {
  return process.getActiveResourcesInfo().length;
}

async function sample(atSecond: number): Promise<OutageSample> {
  for (let time = 0; time < 3; time++) {
    collectGarbage();
    await delay(100);
  }
  return { atSecond, heapBytes: process.memoryUsage().heapUsed, handles: handles() };
}

async function run(plan: OutagePlan): Promise<OutageReport> {
  const handlesAtStart = handles();
  const mecha = await connect({ mode: "sidecar", endpoint: plan.endpoint, appId: "under-load" });
  const app = new AppUnderLoad(plan, mecha);
  await app.start();
  say("ready");
  const begin = performance.now();
  const second = (): number => (performance.now() - begin) / 1_000;
  const samples: OutageSample[] = [];
  for (let round = 0; second() < plan.seconds; round++) {
    app.publishRound(round);
    await delay(roundEveryMs);
    const due = plan.sampleAt[samples.length];
    if (due === undefined || second() < due) continue;
    await app.rest();
    samples.push(await sample(due));
    say(`sample ${JSON.stringify(samples.at(-1))}`);
  }
  await app.rest();
  await app.untilDelivered();
  const counts = await app.stop();
  // Sockets close a moment after the connection that had them.
  for (let time = 0; time < 50 && handles() > handlesAtStart; time++) await delay(100);
  return { ...counts, unhandled, handlesAtStart, handlesAtEnd: handles(), samples };
}

// The test passes a plan as it is typed.
const plan = JSON.parse(process.argv[2] ?? "") as OutagePlan;
say(`report ${JSON.stringify(await run(plan))}`);
