import { describeWith } from "@mecha/engines/vitest";
import { describe, expect, it } from "vitest";
import { demoCommand } from "./demo-command.js";
import { type DemoReport } from "./run-demo.js";

const roundMs = 400_000;
// Each call passes a sidecar, and a transaction is several calls.
const daprdRoundMs = 900_000;
const rounds = [1, 2, 3];

/** Runs all orders with kills, as a machine would, and gives the names of the checks that do not hold. */
async function killedRun(
  args: readonly string[],
): Promise<{ code: number; failed: readonly string[]; result: string }> {
  let out = "";
  const output = { out: (text: string) => void (out += text), err: () => undefined };
  const code = await demoCommand([...args, "--kill", "--json"], output);
  const report = JSON.parse(out) as DemoReport & { error?: string };
  const failed =
    report.error === undefined ? report.checks.filter(({ ok }) => !ok).map(({ name }) => name) : [report.error];
  return { code, failed, result: report.result };
}

describe("all orders on the laptop while processes are killed", () => {
  it.each(rounds)("loses nothing and applies nothing twice, round %i", { timeout: roundMs }, async () => {
    expect(await killedRun([])).toMatchObject({ code: 0, failed: [] });
  });
});

describeWith(["redis", "rocketmq", "nacos"], "all orders on open source while processes are killed", (on) => {
  it.each(rounds)("loses nothing and applies nothing twice, round %i", { timeout: roundMs }, async () => {
    const servers = ["--redis", on.redis.address, "--rocketmq", on.rocketmq.nameServer, "--nacos", on.nacos.address];
    expect(await killedRun(["--on", "open-source", ...servers])).toMatchObject({ code: 0, failed: [] });
  });
});

describeWith(["daprd", "redis", "rocketmq"], "all orders on daprd while processes are killed", (on) => {
  it.each(rounds)("loses nothing and applies nothing twice, round %i", { timeout: daprdRoundMs }, async () => {
    const args = ["--on", "daprd", "--redis", on.redis.address, "--rocketmq", on.rocketmq.nameServer];
    expect(await killedRun(args)).toMatchObject({ code: 0, failed: [] });
  });
});
