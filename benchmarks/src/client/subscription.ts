import { randomUUID } from "node:crypto";
import { freePortFamily, startDaprd } from "@mecha/engines";
import type { ClientSubscriptionInput } from "../client-probes/client-subscription.js";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { PartRun } from "./part.js";
import { pubsub } from "./sidecars.js";

const counts = { warmUpEvents: 4000, measuredEvents: 8000 } as const;
/** There are more than are counted, so that the last ones come as fast as the others and one that was lost stops nothing. */
const spareEvents = 1000;
const eventsPerRequest = 1000;

/**
 * Events of a topic that holds more than are counted, so that the subscriber sets the pace: a streaming subscription against the
 * peer's HTTP server, each with a sidecar of its own.
 */
export async function measureSubscription(run: PartRun): Promise<readonly Row[]> {
  const { installed, pairs, report } = run;
  const op = "events of 1 KB from pubsub.redis";
  report(op);
  const rounds = await measureRounds(
    {
      ours: () => subscriptionOf(run, "mecha", installed.ours),
      peer: () => subscriptionOf(run, "dapr HTTP", installed.peer),
    },
    pairs,
  );
  const goals = { cpu: "<=0.25", ops: ">=2.5" } as const;
  const peerName = `${installed.peerName} DaprServer over HTTP`;
  return compare(rounds, { op, ours: "ours", peer: "peer", peerName, metrics: ["cpu", "ops"], goals });
}

async function subscriptionOf(
  run: PartRun,
  side: ClientSubscriptionInput["side"],
  installation: string,
): Promise<Figures<"cpu" | "ops">> {
  const topic = `events-${randomUUID()}`;
  await fill(run.sidecars.target.httpPort, topic, counts.warmUpEvents + counts.measuredEvents + spareEvents);
  const appPort = await freePortFamily([0]);
  await using daprd = await startDaprd({
    appId: `subscriber-${randomUUID().slice(0, 8)}`,
    resourcesFolders: [run.sidecars.resources],
    logLevel: "error",
    ...(side === "dapr HTTP" && { appPort }),
  });
  const { httpPort, grpcPort } = daprd;
  const input: ClientSubscriptionInput = { side, httpPort, grpcPort, appPort, pubsub, topic, ...counts };
  return await runProbe("client-subscription", { installation, folder: run.installed.folder, input, env: {} });
}

/** Publishes through the sidecar's bulk API, before anybody subscribes. */
async function fill(httpPort: number, topic: string, count: number): Promise<void> {
  const event = { text: "x".repeat(1000) };
  for (let sent = 0; sent < count; sent += eventsPerRequest) {
    const entries = Array.from({ length: Math.min(eventsPerRequest, count - sent) }, (_, index) => ({
      entryId: String(index),
      event,
      contentType: "application/json",
    }));
    const response = await fetch(`http://127.0.0.1:${httpPort}/v1.0-alpha1/publish/bulk/${pubsub}/${topic}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(entries),
    });
    if (response.ok) continue;
    throw new Error(`the events to measure with could not be published: ${response.status} ${await response.text()}`);
  }
}
