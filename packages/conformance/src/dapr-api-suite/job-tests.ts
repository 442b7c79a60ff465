import { daprMethods } from "@mecha/sdk-core/protocol";
import type { DaprApiEndpoint } from "./endpoint.js";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

const dayMs = 86_400_000;

/** Jobs: what is scheduled is kept, comes when it is due, and can be deleted. */
export function jobTests({ test: { expect }, service }: DaprApiFixture): void {
  service("jobs", (it) => {
    it("keeps a job as it was scheduled", async ({ mecha }) => {
      const [name, jobs] = [uniqueName("job"), mecha.jobs()];
      const dueAt = new Date(Date.now() + dayMs);
      await jobs.schedule(name, {
        schedule: "@every 1h30m",
        dueAt,
        repeats: 3,
        expiresAt: new Date(Date.now() + 2 * dayMs),
        data: { order: 42 },
        failurePolicy: { intervalMs: 1500, maxRetries: 7 },
      });
      const job = await jobs.get(name);
      expect(job).toMatchObject({
        name,
        schedule: "@every 1h30m",
        repeats: 3,
        failurePolicy: { intervalMs: 1500, maxRetries: 7 },
      });
      expect(Date.parse(job?.dueTime ?? "")).toBe(dueAt.getTime());
      expect(job?.json()).toEqual({ order: 42 });
      await jobs.delete(name);
    });

    it("refuses names that would be other paths of the app", async ({ transport }) => {
      for (const separator of ["/", "\\", "#", "?"]) {
        const name = uniqueName(`a${separator}b`);
        const job = { name, schedule: "@every 1h" };
        const said = { code: "INTERNAL", message: expect.stringContaining("job name is invalid") };
        const scheduled = transport.unary(daprMethods.scheduleJob, { job, overwrite: false });
        expect(await failureOf(scheduled)).toMatchObject({ ...said, reason: "DAPR_SCHEDULER_SCHEDULE_JOB" });
        const read = transport.unary(daprMethods.getJob, { name });
        expect(await failureOf(read)).toMatchObject({ ...said, reason: "DAPR_SCHEDULER_GET_JOB" });
      }
    });

    it("takes schedules of a calendar, of periods and of cron, and both failure policies", async ({ mecha }) => {
      const jobs = mecha.jobs();
      const prefix = uniqueName("schedules");
      await jobs.schedule(`${prefix}-calendar`, { schedule: { dayOfWeek: "mon-fri", hour: 3 }, failurePolicy: "drop" });
      await jobs.schedule(`${prefix}-period`, { schedule: { everyMs: 90_000 }, ttlMs: dayMs });
      await jobs.schedule(`${prefix}-cron`, { schedule: "0 30 * * * *", data: Buffer.from([0, 255]) });
      await jobs.schedule(`${prefix}-once`, { dueInMs: dayMs, failurePolicy: { intervalMs: 10 } });
      const listed = new Map((await jobs.list({ prefix })).map((job) => [job.name.slice(prefix.length + 1), job]));
      expect([...listed.keys()].sort()).toEqual(["calendar", "cron", "once", "period"]);
      expect(listed.get("calendar")).toMatchObject({ schedule: "0 0 3 * * mon-fri", failurePolicy: "drop" });
      expect(listed.get("period")?.schedule).toBe("@every 90000ms");
      expect(listed.get("period")?.ttl).toBeDefined();
      expect([...(listed.get("cron")?.bytes ?? [])]).toEqual([0, 255]);
      expect(listed.get("once")).toMatchObject({ schedule: undefined, failurePolicy: { intervalMs: 10 } });
      expect(listed.get("once")?.json()).toBeUndefined();
      await jobs.deleteByPrefix(prefix);
      expect(await jobs.list({ prefix })).toEqual([]);
    });

    it("hands a job to the app when it is due, with its data, as often as it is to be repeated", async (endpoint) => {
      const name = uniqueName("job");
      const heard: string[] = [];
      await hearing(
        endpoint,
        name,
        (data) => heard.push(data) === 2,
        async () => {
          await endpoint.mecha.jobs().schedule(name, { schedule: { everyMs: 100 }, repeats: 2, data: { order: 42 } });
        },
      );
      expect(heard).toEqual(['{"order":42}', '{"order":42}']);
    });

    it("hands a job to the app again that failed, as its failure policy says", async (endpoint) => {
      const name = uniqueName("job");
      let deliveries = 0;
      const begin = performance.now();
      await hearing(
        endpoint,
        name,
        () => {
          if (++deliveries < 3) throw new Error("not today");
          return true;
        },
        () => endpoint.mecha.jobs().schedule(name, { dueInMs: 0, failurePolicy: { intervalMs: 200, maxRetries: 5 } }),
      );
      expect(deliveries).toBe(3);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(390);
    });

    it("knows no job that is not there, was deleted, or came for the last time", async (endpoint) => {
      const jobs = endpoint.mecha.jobs();
      const [absent, deleted, done] = [uniqueName("absent"), uniqueName("deleted"), uniqueName("done")];
      await jobs.schedule(deleted, { dueInMs: dayMs });
      expect(await jobs.get(deleted)).toBeDefined();
      await jobs.delete(deleted);
      await jobs.delete(absent);
      await hearing(
        endpoint,
        done,
        () => true,
        () => jobs.schedule(done, { dueInMs: 0 }),
      );
      expect([await jobs.get(absent), await jobs.get(deleted)]).toEqual([undefined, undefined]);
    });

    it("refuses a second job of the same name, unless it is to overwrite the first", async ({ mecha }) => {
      const [name, jobs] = [uniqueName("job"), mecha.jobs()];
      await jobs.schedule(name, { dueInMs: dayMs, data: "first" });
      const failure = await failureOf(jobs.schedule(name, { dueInMs: dayMs, data: "second" }));
      expect([failure.code, failure.reason]).toEqual(["ALREADY_EXISTS", "DAPR_SCHEDULER_SCHEDULE_JOB"]);
      expect((await jobs.get(name))?.json()).toBe("first");
      await jobs.schedule(name, { dueInMs: dayMs, data: "second", overwrite: true });
      expect((await jobs.get(name))?.json()).toBe("second");
      await jobs.delete(name);
    });

    it("deletes all jobs of the app, and by prefix only those", async ({ mecha }) => {
      const jobs = mecha.jobs();
      const [some, others] = [uniqueName("some"), uniqueName("others")];
      for (const name of [`${some}-1`, `${some}-2`, others]) await jobs.schedule(name, { dueInMs: dayMs });
      await jobs.deleteByPrefix(some);
      expect((await jobs.list()).map(({ name }) => name)).toEqual([others]);
      expect((await failureOf(jobs.deleteByPrefix(""))).code).toBe("INVALID_ARGUMENT");
      await jobs.deleteAll();
      expect(await jobs.list()).toEqual([]);
    });

    it("refuses jobs without a name or a time, and times that are none", async ({ mecha, transport }) => {
      const jobs = mecha.jobs();
      const outcomes = await Promise.all([
        failureOf(transport.unary(daprMethods.scheduleJob, { job: undefined, overwrite: false })),
        failureOf(jobs.schedule("", { dueInMs: 0 })),
        failureOf(jobs.schedule(uniqueName("job"), {})),
        failureOf(jobs.schedule(uniqueName("job"), { schedule: "now and then" })),
        failureOf(jobs.get("")),
        failureOf(jobs.delete("")),
      ]);
      expect(outcomes.map(({ grpcStatus, reason }) => [grpcStatus, reason])).toEqual([
        [3, "DAPR_SCHEDULER_EMPTY"],
        [3, "DAPR_SCHEDULER_JOB_NAME_EMPTY"],
        [3, "DAPR_SCHEDULER_SCHEDULE_EMPTY"],
        [13, "DAPR_SCHEDULER_SCHEDULE_JOB"],
        [3, "DAPR_SCHEDULER_JOB_NAME_EMPTY"],
        [3, "DAPR_SCHEDULER_JOB_NAME_EMPTY"],
      ]);
    });

    it("does the same by the names that the RPCs had before", async ({ without }) => {
      const jobs = without("scheduleJob", "getJob", "listJobs", "deleteJob", "deleteJobsByPrefix").jobs();
      const prefix = uniqueName("alpha");
      for (const name of ["a", "b", "c"]) await jobs.schedule(`${prefix}-${name}`, { dueInMs: dayMs, data: name });
      expect((await jobs.get(`${prefix}-a`))?.json()).toBe("a");
      expect((await jobs.list({ prefix })).length).toBe(3);
      await jobs.delete(`${prefix}-a`);
      expect((await jobs.list({ prefix })).length).toBe(2);
      await jobs.deleteByPrefix(prefix);
      expect((await jobs.list({ prefix })).length).toBe(0);
    });
  });
}

/** Is the app that jobs come to, until it has heard enough of one job. */
async function hearing(
  { attachApp }: DaprApiEndpoint,
  job: string,
  isEnough: (data: string) => boolean,
  schedule: () => Promise<void>,
): Promise<void> {
  if (attachApp === undefined) throw new Error("an endpoint with jobs needs attachApp");
  let finish: (() => void) | undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const detach = await attachApp({
    job: async ({ name, data }) => {
      if (name === job && isEnough(Buffer.from(data?.value ?? []).toString())) finish?.();
      return Promise.resolve({});
    },
  });
  try {
    await schedule();
    await finished;
  } finally {
    await detach();
  }
}
