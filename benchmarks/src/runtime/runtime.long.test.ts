import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { tryCommand } from "../../../tools/run-command.js";
import { root } from "../../../tools/workspace.js";

const timeoutMs = 600_000;

describeWith(["redis", "daprd"], "npm run bench -- runtime --json", () => {
  it(
    "prints one document with a row for everything that was measured",
    async () => {
      const options = ["runtime", "--json", "--pairs", "1"];
      const { stdout } = await tryCommand("npm", ["run", "--silent", "bench", "--", ...options], {
        cwd: root,
        timeoutMs,
      });
      const { topic, rows } = JSON.parse(stdout);
      expect(topic).toBe("runtime");
      const calls = ["one at a time", "64 in flight"].flatMap((how) =>
        ["in-process door", "facade"].flatMap((who) =>
          ["cpu", "ops", "p50"].map((metric) => [how, who, metric] as const),
        ),
      );
      expect(rows.map(({ op, metric }: { op: string; metric: string }) => `${op}: ${metric}`)).toEqual([
        ...["get", "save"].flatMap((operation) =>
          calls.map(([how, who, metric]) => `${operation} state of 1 KB in memory, ${how}, ${who}: ${metric}`),
        ),
        ...["get", "save"].flatMap((operation) =>
          ["ops", "cpu"].map(
            (metric) =>
              `${operation} state of 1 KB from Redis over gRPC, 64 in flight, by CPU time of the sidecar: ${metric}`,
          ),
        ),
        "start to first answered get, above bare Node, against start to healthy: ms",
        ...["in-process door", "gRPC door", "HTTP door"].map(
          (door) => `memory after the start, ${door}, with Node: bytes`,
        ),
      ]);
      for (const row of rows) {
        expect(row).toMatchObject({ ours: expect.any(Number), peer: expect.any(Number), ratio: expect.any(Number) });
        // Whether a goal is met is for the benchmark to tell, on a machine without other work.
        expect(row.met).toEqual(row.goal === null ? null : expect.any(Boolean));
      }
    },
    timeoutMs,
  );
});
