import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { readResources } from "../resources/read-resources.js";
import { retryPolicy } from "./retry-policy.js";

const read = async (retry: object, target = "again") => {
  const spec = {
    policies: { retries: { again: retry } },
    targets: { components: { events: { inbound: { retry: target } }, other: { outbound: { retry: "again" } } } },
  };
  const folder = await resourceFolder({
    "r.yaml": JSON.stringify({ kind: "Resiliency", metadata: { name: "r" }, spec }),
  });
  return (await readResources([folder], "app")).inboundRetries;
};

test("a retry policy is found by the component that it is inbound for", async () => {
  const retries = await read({ policy: "constant", duration: "250ms", maxRetries: 2 });
  expect([...retries.keys()]).toEqual(["events"]);
  const policy = retries.get("events");
  expect([1, 2, 3].map((retry) => policy?.delayMs(retry))).toEqual([250, 250, undefined]);
});

test("what a policy does not say is as in daprd", async () => {
  const policy = (await read({})).get("events");
  expect(policy?.delayMs(1_000)).toBe(5_000);
});

test("exponential delays grow to their bound, and vary by half", () => {
  const policy = retryPolicy({ policy: "exponential", durationMs: undefined, maxIntervalMs: 2_000, maxRetries: -1 });
  for (let round = 0; round < 50; round++) {
    expect(policy.delayMs(1)).toBeGreaterThanOrEqual(250);
    expect(policy.delayMs(1)).toBeLessThanOrEqual(750);
    expect(policy.delayMs(50)).toBe(2_000);
  }
});

test("a target that names a policy which is not there is refused with its line", async () => {
  await expect(read({}, "misspelt")).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(/r\.yaml:1: Resiliency "r": the retry policy "misspelt"/) as unknown,
  });
});
