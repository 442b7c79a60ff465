import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

const child = join(import.meta.dirname, "../../test/sqlite-child.ts");
const connectionString = "shared/state.db";
let baseFolder: string;
let children: ChildProcess[];

beforeEach(() => {
  baseFolder = mkdtempSync(join(tmpdir(), "mecha-state-processes-"));
  children = [];
});

afterEach(async () => {
  for (const process of children) {
    if (process.exitCode !== null || process.signalCode !== null) continue;
    process.kill("SIGKILL");
    await once(process, "exit");
  }
  rmSync(baseFolder, { recursive: true });
});

function start(job: string, argument: string): ChildProcess {
  const process = fork(child, [baseFolder, connectionString, job, argument], {
    cwd: join(import.meta.dirname, "../.."),
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  children.push(process);
  return process;
}

function open() {
  return component.create(testContext("state.sqlite", { connectionString, busyTimeout: "10s" }, { baseFolder }));
}

describe("state.sqlite shared by processes", () => {
  it("counts by compare-and-swap without losing one, and starves nobody", async () => {
    const store = await open();
    await store.write([{ type: "set", key: "counter", value: Buffer.from("0") }], { atomic: true });
    const counting = [start("increment", "100"), start("increment", "100"), start("increment", "100")];
    const exits = await Promise.all(counting.map((process) => once(process, "exit")));
    expect(exits).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
    const [record] = await store.get(["counter"]);
    expect(String(record?.value)).toBe("300");
    await store.close?.();
  });

  it("loses nothing acknowledged and halves no transaction when writers are killed", async () => {
    const store = await open();
    for (const round of ["one", "two", "three"]) {
      const acknowledged: string[] = [];
      const writers = ["x", "y"].map((name) => {
        const writer = start("write", `${round}${name}`);
        const enough = new Promise<void>((resolve) => {
          let count = 0;
          writer.on("message", (n) => {
            acknowledged.push(`${round}${name}-${(n as number).toString()}`);
            if (++count === 200) resolve();
          });
        });
        return { writer, enough };
      });
      await Promise.all(writers.map(({ enough }) => enough));
      for (const { writer } of writers) {
        writer.kill("SIGKILL");
        await once(writer, "exit");
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(400);
      const halves = await store.get(acknowledged.flatMap((key) => [`${key}-a`, `${key}-b`]));
      expect(halves.filter((record) => record === undefined)).toEqual([]);
      const beyond = acknowledged.map((key) => key.replace(/\d+$/, (n) => String(Number(n) + 4)));
      const [a, b] = await Promise.all(["a", "b"].map((half) => store.get(beyond.map((key) => `${key}-${half}`))));
      expect(a?.map((record) => record !== undefined)).toEqual(b?.map((record) => record !== undefined));
    }
    await store.close?.();
  });
});
