import { expect, it } from "vitest";
import { bench } from "./bench.js";
import { type Row } from "./row.js";
import { type Topic } from "./topic.js";

const reached: Row = {
  op: "orders",
  metric: "ops",
  ours: 95,
  peer: 100,
  peerName: "originals",
  ratio: 0.95,
  goal: ">=0.9",
  met: true,
};
const measured: Row = { ...reached, op: "GET", goal: null, met: null };
const missed: Row = { ...reached, ours: 80, ratio: 0.8, met: false };

/** A topic that gives these rows, and what the command line printed. */
async function run(args: readonly string[], rows: readonly Row[] | Error) {
  let out = "";
  let progress = "";
  const topic: Topic = {
    summary: "things",
    parts: ["a"],
    run: async ({ report, pairs }) => {
      report(`${pairs} rounds`);
      if (rows instanceof Error) throw rows;
      return rows;
    },
  };
  const output = { out: (text: string) => (out += text), progress: (text: string) => (progress += text) };
  const code = await bench(args, { first: topic }, output);
  return { code, out, progress };
}

it("prints one JSON document and nothing else on standard output", async () => {
  const { code, out, progress } = await run(["first", "--json", "--pairs", "5"], [reached, measured]);
  expect(JSON.parse(out)).toEqual({
    topic: "first",
    machine: {
      node: process.version,
      cpu: expect.any(String),
      cores: expect.any(Number),
      platform: expect.any(String),
    },
    rows: [reached, measured],
  });
  expect(progress).toBe("5 rounds\n");
  expect(code).toBe(0);
});

it("prints a table without --json", async () => {
  const { code, out } = await run(["first"], [reached]);
  expect(out).toContain("against originals");
  expect(code).toBe(0);
});

it("ends with 1 when a goal is missed", async () => {
  expect((await run(["first", "--json"], [reached, missed])).code).toBe(1);
});

it("ends with 1 and leaves standard output empty when a topic fails", async () => {
  expect(await run(["first", "--json"], new Error("Redis is missing"))).toEqual({
    code: 1,
    out: "",
    progress: "3 rounds\nRedis is missing\n",
  });
});

it("ends with 2 and lists the topics when the topic is unknown", async () => {
  const { code, out, progress } = await run(["last"], []);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(progress).toMatch(/there is no topic last: first[^]*Topics:\n {2}first/u);
});
