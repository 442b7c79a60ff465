import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramUnderTest } from "@mecha/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runChild } from "./run-child.js";

const running: ProgramUnderTest[] = [];
let folder: string;
let environment: Readonly<Record<string, string>>;

// A namespace for each test: no test calls a provider that an earlier one has killed.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-rpc-"));
  const spec = { rpc: [{ match: { interface: "com.acme.*" }, app: "provider" }] };
  const rules = { apiVersion: "mecha/v1alpha1", kind: "Adapters", metadata: { name: "rpc" }, spec };
  writeFileSync(join(folder, "adapters.json"), JSON.stringify(rules));
  environment = { DAPR_RESOURCES_PATHS: folder, MECHA_NAMESPACE: folder };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.kill()));
  rmSync(folder, { recursive: true, force: true });
});

type Kind = "drop-in" | "original";

function run(
  kind: Kind,
  scenario: string,
  options: { readonly port?: number; readonly app?: string } = {},
): ProgramUnderTest {
  const child = runChild(kind, scenario, {
    ...options,
    environment: { ...environment, APP_ID: options.app ?? "consumer" },
  });
  running.push(child);
  return child;
}

async function provider(kind: Kind, port = 0): Promise<{ readonly child: ProgramUnderTest; readonly port: number }> {
  const child = run(kind, "a server stays open", { port, app: "provider" });
  return { child, port: Number(await child.said("port ")) };
}

describe("the process lives exactly as long as with the original", () => {
  it.each([
    ["a server stays open", "alive"],
    ["a server closes", 0],
    ["a client without calls", 0],
  ] as const)("%s: %s", { timeout: 60_000 }, async (scenario, expected) => {
    const pair = (["drop-in", "original"] as const).map((kind) => run(kind, scenario));
    await Promise.all(pair.map((child) => child.ready));
    const waitMs = expected === "alive" ? 1_500 : 10_000;
    expect(await Promise.all(pair.map((child) => child.exitWithin(waitMs)))).toEqual([expected, expected]);
  });

  it.each([
    ["a client stays open", "alive"],
    ["a consumer closes, its client stays open", "alive"],
    ["a client closes", 0],
  ] as const)("%s: %s", { timeout: 60_000 }, async (scenario, expected) => {
    const pair = await Promise.all(
      (["drop-in", "original"] as const).map(async (kind) => run(kind, scenario, await provider(kind))),
    );
    await Promise.all(pair.map((child) => child.ready));
    const waitMs = expected === "alive" ? 1_500 : 10_000;
    expect(await Promise.all(pair.map((child) => child.exitWithin(waitMs)))).toEqual([expected, expected]);
  });
});

describe("a provider that is killed in the middle of a call", () => {
  it("is a lost connection to its caller, and answers again after its restart", { timeout: 90_000 }, async () => {
    const outcomes = await Promise.all(
      (["drop-in", "original"] as const).map(async (kind) => {
        const first = await provider(kind);
        const caller = run(kind, "a caller whose provider dies", first);
        await first.child.said("called");
        await first.child.kill();
        const error = await caller.said("failed ");
        await provider(kind, first.port);
        const answer = await caller.said("answered ");
        return { error, answer, exit: await caller.exitWithin(15_000) };
      }),
    );
    expect(outcomes[0]).toEqual({ error: "RpcSocketCloseError", answer: "there", exit: 0 });
    expect(outcomes[0]).toEqual(outcomes[1]);
  });
});

it("workers of a cluster are consumers of their own, and all processes end", { timeout: 60_000 }, async () => {
  await provider("drop-in");
  const primary = run("drop-in", "workers of a cluster call");
  expect(await Promise.all([primary.said("worker 1 "), primary.said("worker 2 ")])).toEqual(["hi", "hi"]);
  expect(await primary.exitWithin(10_000)).toBe(0);
});
