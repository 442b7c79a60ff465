import { randomUUID } from "node:crypto";
import { createTopic } from "@mecha/engines";
import { type LoadFigures } from "../probes/measure-load.js";
import { type MessagesInput } from "../probes/messages.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { componentFolders, ourPlace } from "./our-environment.js";
import { loadTimes } from "../load-shapes.js";
import { type PartRun } from "./part.js";

const inFlight = 16;
const bodyBytes = 1024;

/** The ali-ons drop-in on RocketMQ against ali-ons: messages sent and confirmed. */
export async function measureMessages(run: PartRun): Promise<readonly Row[]> {
  const { installed, servers, pairs, report } = run;
  const op = `send 1 KB, ${inFlight} in flight, on pubsub.rocketmq`;
  report(op);
  const topic = `bench-${randomUUID().slice(0, 8)}`;
  await createTopic({ nameServer: servers.rocketmq }, topic);
  const input: MessagesInput = { nameServer: servers.rocketmq, topic, bodyBytes, load: { inFlight, ...loadTimes } };
  const rounds = await measureRounds(
    {
      ours: async () =>
        runProbe<keyof LoadFigures>("messages", {
          installation: installed.ours,
          input,
          ...(await ourPlace(run, componentFolders.openSource)),
        }),
      peer: async () => {
        const { folder, env } = await ourPlace(run, componentFolders.openSource);
        return runProbe<keyof LoadFigures>("messages", {
          installation: installed.originals,
          folder,
          input,
          env: { HOME: env["HOME"] ?? "" },
        });
      },
    },
    pairs,
  );
  const peerName = await installed.originalName("ali-ons");
  return compare(rounds, { op, ours: "ours", peer: "peer", peerName, metrics: ["ops", "cpu", "p50"] });
}
