import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { root } from "../../tools/workspace.js";
import { tryCommand } from "../../tools/run-command.js";

const timeoutMs = 600_000;

describeWith(["redis", "rocketmq", "nacos"], "npm run bench -- first --json", () => {
  it(
    "prints one document with a row for everything that was measured",
    async () => {
      const options = ["first", "--json", "--pairs", "1", "--only", "imports,messages"];
      const { code, stdout } = await tryCommand("npm", ["run", "--silent", "bench", "--", ...options], {
        cwd: root,
        timeoutMs,
      });
      expect(code).toBe(0);
      const { topic, machine, rows } = JSON.parse(stdout);
      expect(topic).toBe("first");
      expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
      expect(rows.map(({ op, metric }: { op: string; metric: string }) => `${op}: ${metric}`)).toEqual([
        "send 1 KB, 16 in flight, on pubsub.rocketmq: ops",
        "send 1 KB, 16 in flight, on pubsub.rocketmq: cpu",
        "send 1 KB, 16 in flight, on pubsub.rocketmq: p50",
        ...["ioredis", "nacos", "ali-ons", "sofa-rpc-node"].map((client) => `require("${client}"): ms`),
      ]);
      for (const row of rows) {
        expect(row).toEqual({
          op: expect.any(String),
          metric: expect.any(String),
          ours: expect.any(Number),
          peer: expect.any(Number),
          peerName: expect.stringMatching(/ \d+\.\d+\.\d+/u),
          ratio: expect.any(Number),
          goal: null,
          met: null,
        });
      }
    },
    timeoutMs,
  );
});
