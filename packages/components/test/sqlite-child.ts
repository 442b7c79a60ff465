import type { StateRecord } from "@mecha/spec";
import { component } from "../src/state/sqlite.js";
import { testContext } from "./test-context.js";

/**
 * A process of its own that works on a shared SQLite file, for tests of several processes.
 *
 * `increment <count>`: adds 1 to the key `counter` by compare-and-swap, `count` times, then exits.
 * `write <name>`: writes the keys `<name>-<n>-a` and `<name>-<n>-b` in one transaction, n = 0, 1, …, four at a time, and
 * sends each n once it was acknowledged; until it is killed.
 */
const [baseFolder = "", connectionString = "", job = "", argument = ""] = process.argv.slice(2);
const store = await component.create(
  testContext("state.sqlite", { connectionString, busyTimeout: "10s" }, { baseFolder }),
);

function number(record: StateRecord | undefined): number {
  return Number(new TextDecoder().decode(record?.value));
}

async function increment(): Promise<void> {
  for (;;) {
    const [record] = await store.get(["counter"]);
    const value = Buffer.from(String(number(record) + 1));
    const [problem] = await store.write([{ type: "set", key: "counter", value, etag: record?.etag ?? "absent" }], {
      atomic: false,
    });
    if (problem === undefined) return;
    if (problem.code !== "ETAG_MISMATCH") throw problem;
  }
}

async function writePairs(first: number): Promise<void> {
  for (let n = first; ; n += 4) {
    const value = Buffer.from(String(n));
    const pair = ["a", "b"].map((half) => ({ type: "set", key: `${argument}-${String(n)}-${half}`, value }) as const);
    await store.write(pair, { atomic: true });
    process.send?.(n);
  }
}

if (job === "increment") {
  for (let done = 0; done < Number(argument); done++) await increment();
  await store.close?.();
  process.disconnect();
} else {
  await Promise.all([0, 1, 2, 3].map(writePairs));
}
