import type { DaprMinor } from "@mecha/engines";
import type { DaprApiRun, DaprRpc } from "../../src/index.js";
import { daprdRun } from "./daprd-run.js";

/** A minor version before the pinned one that the SDK supports, and in what it is less. */
export interface EarlierMinor {
  readonly minor: DaprMinor;
  /** RPCs that it does not know, each with the older name that it knows it by. */
  readonly renamed: Partial<Record<DaprRpc, DaprRpc>>;
  /** RPCs that it does not know by any name. */
  readonly lacking: readonly DaprRpc[];
  /** Tests of the suite that fail on it, by their titles, and why: each has to. */
  readonly failing: Readonly<Record<string, string>>;
}

const renamedSince1_18 = {
  scheduleJob: "scheduleJobAlpha1",
  getJob: "getJobAlpha1",
  deleteJob: "deleteJobAlpha1",
} as const;

const failingBefore1_18 = {
  "says all of it to the facade": "GetMetadata names no resiliency policies",
};

/** Versions before the pinned one, as `engines/daprd/minors` pins them. */
export const earlierMinors: readonly EarlierMinor[] = [
  {
    minor: "1.17",
    renamed: {
      ...renamedSince1_18,
      deleteJobsByPrefix: "deleteJobsByPrefixAlpha1",
      listJobs: "listJobsAlpha1",
    },
    lacking: ["subscribeActorEventsAlpha1"],
    failing: {
      ...failingBefore1_18,
      "delivers an event again whose stream was lost before it was answered":
        "1.17.0 gives such an event to no other stream",
      "goes on with one subscriber when the other stops, which gives back what it holds":
        "1.17.0 gives such an event to no other stream",
    },
  },
  {
    minor: "1.16",
    renamed: { ...renamedSince1_18, bulkPublishEvent: "bulkPublishEventAlpha1" },
    lacking: [
      "subscribeActorEventsAlpha1",
      "listJobs",
      "listJobsAlpha1",
      "deleteJobsByPrefix",
      "deleteJobsByPrefixAlpha1",
      "getActorReminder",
      "listActorReminders",
      "unregisterActorRemindersByType",
    ],
    failing: {
      ...failingBefore1_18,
      "takes the attributes of the envelope from the publisher's metadata": "it does not take the subject",
      "takes schedules of a calendar, of periods and of cron, and both failure policies": "it lists no jobs",
      "deletes all jobs of the app, and by prefix only those": "it deletes jobs one by one only",
      "does the same by the names that the RPCs had before": "it lists no jobs",
      "carries messages of every role, of one part and of several": "it counts no tokens",
    },
  },
];

/** What they have of the suite. They host actors over HTTP only: the stream of actor events is 1.18's. */
export const earlierRun: DaprApiRun = { ...daprdRun, services: ["jobs", "workflow", "shutdown"] };
