import { randomUUID } from "node:crypto";
import { connect } from "@mecha/sdk-core";
import type { NestSubscriptionInput } from "../nest-probes/nest-subscription.js";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { type PartRun, pubsub } from "./part.js";
import { floodSubscribers } from "./redis-publisher.js";

const counts = { warmUpEvents: 4000, measuredEvents: 12_000 } as const;
/** There are more than are counted, so that the last ones come as fast as the others and one that was lost stops nothing. */
const spareEvents = 1000;
const eventsPerCall = 1000;
const events = counts.warmUpEvents + counts.measuredEvents + spareEvents;
const event = { text: "x".repeat(1000) };

/**
 * Events of 1 KB on one Redis. Ours come from a stream that was filled before, each acknowledged after its handler; those of
 * Nest's transport are published to whoever listens, and one that is lost or fails is gone.
 */
export async function measureSubscribe(run: PartRun): Promise<readonly Row[]> {
  const { installed, pairs, report } = run;
  const op = "events of 1 KB from Redis, per second of CPU time of the subscriber";
  report(op);
  const rounds = await measureRounds(
    {
      nest: () => ofStream(run, "@Subscribe"),
      core: () => ofStream(run, "sdk-core"),
      redis: () => ofChannel(run),
    },
    pairs,
  );
  const ours = { ours: "nest", metrics: ["ops"] } as const;
  const peerName = `${await installed.nameOf("@nestjs/microservices")} over ${await installed.nameOf("ioredis")}, fire and forget`;
  return [
    ...compare(rounds, {
      ...{ ...ours, op: `${op}: @Subscribe`, peer: "core", peerName: "onTopic of sdk-core" },
      goals: { ops: ">=0.9" },
    }),
    ...compare(rounds, {
      ...{ ...ours, op: `${op}: @Subscribe, acknowledged`, peer: "redis", peerName },
      goals: { ops: ">=0.7" },
    }),
  ];
}

async function ofStream(run: PartRun, side: NestSubscriptionInput["side"]): Promise<Figures<"ops">> {
  const topic = `events-${randomUUID()}`;
  await using mecha = await connect({ mode: "embedded", appId: "publisher", resourcesPaths: [run.resources] });
  for (let sent = 0; sent < events; sent += eventsPerCall) {
    const entries = Array.from({ length: eventsPerCall }, () => ({ data: event }));
    const failed = (await mecha.pubsub(pubsub).publishBulk(topic, entries)).find((error) => error !== undefined);
    if (failed !== undefined) throw failed;
  }
  return await probe(run, side, topic);
}

async function ofChannel(run: PartRun): Promise<Figures<"ops">> {
  const topic = `events-${randomUUID()}`;
  const message = JSON.stringify({ pattern: topic, data: event });
  const published = floodSubscribers(run.redisPort, { channel: topic, message, count: events });
  const [figures] = await Promise.all([probe(run, "@EventPattern", topic), published]);
  return figures;
}

function probe(
  { installed, resources, redisPort }: PartRun,
  side: NestSubscriptionInput["side"],
  topic: string,
): Promise<Figures<"ops">> {
  const input: NestSubscriptionInput = { side, resources, pubsub, redisPort, topic, ...counts };
  return runProbe("nest-subscription", {
    installation: installed.installation,
    folder: installed.folder,
    input,
    env: {},
  });
}
