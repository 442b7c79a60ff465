import type { daprMethods } from "@mecha/sdk-core/protocol";

/** The RPCs of actors and jobs, all but the one that is a stream; whether one may be done twice. */
const unaryRpcs = {
  registerActorTimer: true,
  unregisterActorTimer: true,
  registerActorReminder: false,
  unregisterActorReminder: true,
  unregisterActorRemindersByType: true,
  listActorReminders: true,
  getActorReminder: true,
  getActorState: true,
  executeActorStateTransaction: false,
  invokeActor: false,
  scheduleJob: false,
  scheduleJobAlpha1: false,
  getJob: true,
  getJobAlpha1: true,
  deleteJob: true,
  deleteJobAlpha1: true,
  deleteJobsByPrefix: true,
  deleteJobsByPrefixAlpha1: true,
  listJobs: true,
  listJobsAlpha1: true,
} as const satisfies { readonly [K in keyof typeof daprMethods]?: boolean };

/** The name of an RPC of actors and jobs that is no stream. */
export type UnaryRpc = keyof typeof unaryRpcs;

/** The names of all of them. */
export const unaryNames = Object.keys(unaryRpcs) as UnaryRpc[];

/** Whether an RPC may be done twice: nobody knows of one whose connection broke whether it was done. */
export function isIdempotent(name: UnaryRpc): boolean {
  return unaryRpcs[name];
}
