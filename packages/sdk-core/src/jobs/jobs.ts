import { MechaError } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import { jobsMethods } from "../generated/methods/jobs.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { fromJobMessage, toJobMessage } from "./job-message.js";
import type { JobOptions, ScheduledJob } from "./job-options.js";

/** How to list jobs. */
export interface ListJobsOptions extends CallEnd {
  /** Only jobs whose names begin so. @defaultValue all jobs of the app */
  readonly prefix?: string;
}

/**
 * The jobs of this app (Dapr's jobs building block): the runtime keeps them, and calls a handler of the app when they are due
 * (`host().onJob()`). They outlive app and sidecar. Every instance of an app shares its jobs; one of them is called.
 */
export interface Jobs {
  /**
   * Schedules a job (ScheduleJob).
   *
   * @throws MechaError `ALREADY_EXISTS` if there is one of that name, unless `overwrite` is set; `INVALID_ARGUMENT` if it
   * has neither a schedule nor a time; `INTERNAL` for a schedule that the runtime cannot read.
   */
  schedule(name: string, options: JobOptions): Promise<void>;
  /** Reads a job (GetJob); `undefined` if there is none: it was deleted, has ended, or came for the last time. */
  get(name: string, options?: CallEnd): Promise<ScheduledJob | undefined>;
  /** The jobs of the app (ListJobs), in no order. */
  list(options?: ListJobsOptions): Promise<readonly ScheduledJob[]>;
  /** Deletes a job (DeleteJob); nothing happens if there is none. */
  delete(name: string, options?: CallEnd): Promise<void>;
  /**
   * Deletes all jobs whose names begin so (DeleteJobsByPrefix).
   *
   * @throws MechaError `INVALID_ARGUMENT` for an empty prefix, with which all would go: see {@link Jobs.deleteAll}.
   */
  deleteByPrefix(prefix: string, options?: CallEnd): Promise<void>;
  /** Deletes all jobs of the app (DeleteJobsByPrefix). */
  deleteAll(options?: CallEnd): Promise<void>;
}

/** Makes the facade of the jobs of an app. */
export function createJobs({ transport }: FacadeContext): Jobs {
  const scheduling = { operation: "jobs.schedule" };
  // A second sending overwrites the first; without `overwrite` it would find the first in its way.
  const overwriting = { operation: "jobs.schedule", idempotent: true };
  const getting = { operation: "jobs.get", idempotent: true };
  const listing = { operation: "jobs.list", idempotent: true };
  const deleting = { operation: "jobs.delete", idempotent: true };
  const deletingMany = { operation: "jobs.deleteByPrefix", idempotent: true };

  return {
    async schedule(name, options) {
      const { overwrite = false } = options;
      const request = { job: toJobMessage(name, options), overwrite };
      const call = callOf(overwrite ? overwriting : scheduling, options);
      await transport.unary(jobsMethods.scheduleJob, request, call);
    },
    async get(name, options) {
      try {
        const { job } = await transport.unary(jobsMethods.getJob, { name }, callOf(getting, options));
        if (job !== undefined) return fromJobMessage(job);
      } catch (thrown) {
        if (isAbsent(thrown)) return undefined;
        throw thrown;
      }
      throw new MechaError("DATA_LOSS", `jobs.get was answered without job "${name}"`, { operation: "jobs.get" });
    },
    async list({ prefix = "", ...end } = {}) {
      const { jobs } = await transport.unary(jobsMethods.listJobs, {}, callOf(listing, end));
      return jobs.filter(({ name }) => name.startsWith(prefix)).map(fromJobMessage);
    },
    async delete(name, options) {
      await transport.unary(jobsMethods.deleteJob, { name }, callOf(deleting, options));
    },
    async deleteByPrefix(namePrefix, options) {
      if (namePrefix === "") {
        throw new MechaError("INVALID_ARGUMENT", "The prefix is empty, which every name begins with; use deleteAll()");
      }
      await transport.unary(jobsMethods.deleteJobsByPrefix, { namePrefix }, callOf(deletingMany, options));
    },
    async deleteAll(options) {
      await transport.unary(jobsMethods.deleteJobsByPrefix, {}, callOf(deletingMany, options));
    },
  };
}

/** daprd says `INTERNAL` for a job that is not there, as for every other failure; only the scheduler's own words tell. */
function isAbsent(thrown: unknown): boolean {
  return (
    MechaError.is(thrown) &&
    (thrown.code === "NOT_FOUND" ||
      (thrown.reason === "DAPR_SCHEDULER_GET_JOB" && /not found|code = NotFound/iu.test(thrown.message)))
  );
}
