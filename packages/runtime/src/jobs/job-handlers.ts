import type { DaprHandlers, jobs } from "@mecha/sdk-core/protocol";
import type { ScheduleTarget } from "../scheduling/schedule-entry.js";
import type { Scheduler } from "../scheduling/scheduler.js";
import { emptyError, jobError } from "./job-errors.js";
import { fromRegistration, toRegistration } from "./job-message.js";

/** The RPCs of the jobs building block, by both of the names that they have had. */
export function jobHandlers(scheduler: Scheduler): DaprHandlers {
  const schedule = scheduleJob(scheduler);
  const get = getJob(scheduler);
  const remove = deleteJob(scheduler);
  const removeByPrefix = deleteJobsByPrefix(scheduler);
  const list = listJobs(scheduler);
  return {
    scheduleJob: schedule,
    scheduleJobAlpha1: schedule,
    getJob: get,
    getJobAlpha1: get,
    deleteJob: remove,
    deleteJobAlpha1: remove,
    deleteJobsByPrefix: removeByPrefix,
    deleteJobsByPrefixAlpha1: removeByPrefix,
    listJobs: list,
    listJobsAlpha1: list,
  };
}

/** Dapr's ScheduleJob: resolves when the job is stored. */
function scheduleJob(scheduler: Scheduler) {
  return async ({ job, overwrite }: jobs.ScheduleJobRequest): Promise<jobs.ScheduleJobResponse> => {
    if (job === undefined) throw emptyError("Job", "DAPR_SCHEDULER_EMPTY");
    requireName(job.name, "schedule");
    if (job.schedule === undefined && job.dueTime === undefined)
      throw emptyError("Schedule", "DAPR_SCHEDULER_SCHEDULE_EMPTY");
    try {
      await scheduler.register(toRegistration(job), overwrite);
    } catch (thrown) {
      throw jobError("schedule", thrown);
    }
    return {};
  };
}

/** Dapr's GetJob; one that is not there is a failure, as in daprd. */
function getJob(scheduler: Scheduler) {
  return async ({ name }: jobs.GetJobRequest): Promise<jobs.GetJobResponse> => {
    requireName(name, "get");
    const entry = scheduler.get({ kind: "job", name });
    // daprd's words, by which clients tell this failure from others.
    if (entry === undefined)
      throw jobError("get", new Error(`rpc error: code = NotFound desc = job not found: ${name}`));
    return { job: fromRegistration(entry.registration) };
  };
}

/** Dapr's DeleteJob; nothing happens if there is none. */
function deleteJob(scheduler: Scheduler) {
  return async ({ name }: jobs.DeleteJobRequest): Promise<jobs.DeleteJobResponse> => {
    requireName(name, "delete");
    try {
      await scheduler.remove({ kind: "job", name });
    } catch (thrown) {
      throw jobError("delete", thrown);
    }
    return {};
  };
}

/** Dapr's DeleteJobsByPrefix; without a prefix, all jobs of the app. */
function deleteJobsByPrefix(scheduler: Scheduler) {
  return async ({ namePrefix = "" }: jobs.DeleteJobsByPrefixRequest): Promise<jobs.DeleteJobsByPrefixResponse> => {
    try {
      await scheduler.removeAll((target) => isJob(target) && target.name.startsWith(namePrefix));
    } catch (thrown) {
      throw jobError("delete", thrown);
    }
    return {};
  };
}

/** Dapr's ListJobs: all jobs of the app. */
function listJobs(scheduler: Scheduler) {
  return async (): Promise<jobs.ListJobsResponse> => ({
    jobs: scheduler.list(isJob).map(({ registration }) => fromRegistration(registration)),
  });
}

function isJob({ kind }: ScheduleTarget): boolean {
  return kind === "job";
}

/** @throws MechaError `INVALID_ARGUMENT` for an empty name, daprd's `INTERNAL` for one that would be another path of the app. */
function requireName(name: string, failure: "schedule" | "get" | "delete"): void {
  if (name === "") throw emptyError("Name", "DAPR_SCHEDULER_JOB_NAME_EMPTY");
  if (!/[/\\#?]/u.test(name)) return;
  throw jobError(failure, new Error(`job name is invalid "${name}": must not contain '/', '\\', '#' or '?'`));
}
