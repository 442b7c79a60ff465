import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import { daprMethods, type DaprHandlers } from "../dapr-methods.js";
import type { Transport } from "../transport/transport.js";
import { only } from "../stream/only.js";

/** A sidecar that counts the calls of methods it does not know, and says of them what daprd says. */
async function olderSidecar(handlers: DaprHandlers, unknown?: MechaError) {
  const misses: string[] = [];
  const entries = Object.entries(daprMethods).map(([name, { kind }]) => {
    const missing = (): never => {
      misses.push(name);
      throw unknown ?? new MechaError("UNIMPLEMENTED", `unknown method ${name}`);
    };
    return [name, kind === "stream" ? missing : async () => missing()];
  });
  // Every method is a function that fails, which fits all handlers.
  const all = { ...(Object.fromEntries(entries) as DaprHandlers), ...handlers };
  const { transport } = (await testSidecar(all)).connect();
  return { transport, misses };
}

const job = { job: undefined, overwrite: false };
const publish = { pubsubName: "p", topic: "t", entries: [], metadata: {} };

const pairs: readonly [name: string, DaprHandlers, (transport: Transport) => Promise<unknown>][] = [
  ["ScheduleJob", { scheduleJobAlpha1: () => Promise.resolve({}) }, (to) => to.unary(daprMethods.scheduleJob, job)],
  [
    "GetJob",
    { getJobAlpha1: () => Promise.resolve({ job: undefined }) },
    (to) => to.unary(daprMethods.getJob, { name: "a" }),
  ],
  ["DeleteJob", { deleteJobAlpha1: () => Promise.resolve({}) }, (to) => to.unary(daprMethods.deleteJob, { name: "a" })],
  [
    "DeleteJobsByPrefix",
    { deleteJobsByPrefixAlpha1: () => Promise.resolve({}) },
    (to) => to.unary(daprMethods.deleteJobsByPrefix, { namePrefix: "a" }),
  ],
  ["ListJobs", { listJobsAlpha1: () => Promise.resolve({ jobs: [] }) }, (to) => to.unary(daprMethods.listJobs, {})],
  [
    "GetConfiguration",
    { getConfigurationAlpha1: () => Promise.resolve({ items: {} }) },
    (to) => to.unary(daprMethods.getConfiguration, { storeName: "s", keys: [], metadata: {} }),
  ],
  [
    "UnsubscribeConfiguration",
    { unsubscribeConfigurationAlpha1: () => Promise.resolve({ ok: true, message: "" }) },
    (to) => to.unary(daprMethods.unsubscribeConfiguration, { storeName: "s", id: "1" }),
  ],
  [
    "BulkPublishEvent",
    { bulkPublishEventAlpha1: () => Promise.resolve({ failedEntries: [] }) },
    (to) => to.unary(daprMethods.bulkPublishEvent, publish),
  ],
];

it.each(pairs)("%s is asked by its older name where the newer is not known, which is remembered", async (...pair) => {
  const [name, handlers, call] = pair;
  const { transport, misses } = await olderSidecar(handlers);
  await call(transport);
  await call(transport);
  expect(misses.map((missed) => missed.toLowerCase())).toEqual([name.toLowerCase()]);
});

it("subscribes to configuration by its older name where the newer is not known, and remembers it", async () => {
  const opened: string[][] = [];
  const { transport, misses } = await olderSidecar({
    async *subscribeConfigurationAlpha1(requests) {
      for await (const { keys } of requests) opened.push(keys);
      yield { id: "1", items: {} };
    },
  });
  for (let i = 0; i < 2; i++) {
    const request = { storeName: "s", keys: ["k"], metadata: {} };
    const responses = transport.stream(daprMethods.subscribeConfiguration, only(request));
    for await (const { id } of responses) expect(id).toBe("1");
  }
  expect(opened).toEqual([["k"], ["k"]]);
  expect(misses).toEqual(["subscribeConfiguration"]);
});

it("takes daprd's complaint about a call to another app for an unknown method, which it is", async () => {
  const complaint = "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found";
  const handlers = { listJobsAlpha1: () => Promise.resolve({ jobs: [] }) };
  const { transport, misses } = await olderSidecar(handlers, new MechaError("UNKNOWN", complaint));
  expect(await transport.unary(daprMethods.listJobs, {})).toEqual({ jobs: [] });
  expect(misses).toEqual(["listJobs"]);
});

it("keeps the first error where the older name is not known either", async () => {
  const { transport, misses } = await olderSidecar({});
  for (let i = 0; i < 2; i++) {
    await expect(transport.unary(daprMethods.getJob, { name: "a" })).rejects.toThrow("unknown method getJob");
  }
  expect(misses).toEqual(["getJob", "getJobAlpha1", "getJob", "getJobAlpha1"]);
});

it("gives the answer of the older name, also when it is a refusal", async () => {
  const refusal = new MechaError("NOT_FOUND", "no such job");
  const { transport, misses } = await olderSidecar({ getJobAlpha1: () => Promise.reject(refusal) });
  for (let i = 0; i < 2; i++) {
    await expect(transport.unary(daprMethods.getJob, { name: "a" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  expect(misses).toEqual(["getJob"]);
});

it("takes nothing for an older runtime that says what it lacks, nor methods that have no older name", async () => {
  const lacking = new MechaError("UNIMPLEMENTED", "the component cannot", { reason: "ERR_JOBS" });
  const { transport, misses } = await olderSidecar({}, lacking);
  await expect(transport.unary(daprMethods.getJob, { name: "a" })).rejects.toMatchObject({ reason: "ERR_JOBS" });
  const { transport: other, misses: others } = await olderSidecar({});
  await expect(other.unary(daprMethods.getMetadata, {})).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  expect([misses, others]).toEqual([["getJob"], ["getMetadata"]]);
});
