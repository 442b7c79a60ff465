import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import type { ComponentLogger, InboundMessage, MessageHandler, PubSub } from "@mecha/spec";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

let baseFolder: string;
let opened: PubSub[];

beforeEach(() => {
  baseFolder = mkdtempSync(join(tmpdir(), "mecha-pubsub-sqlite-"));
  opened = [];
});
afterEach(async () => {
  for (const pubsub of opened) await pubsub.close?.();
  rmSync(baseFolder, { recursive: true });
});

async function open(metadata: Record<string, string> = {}, logger?: ComponentLogger): Promise<PubSub> {
  const context = testContext("pubsub.sqlite", metadata, { baseFolder, ...(logger === undefined ? {} : { logger }) });
  const pubsub = await component.create(context);
  opened.push(pubsub);
  return pubsub;
}

const text = (body: string) => ({ data: new TextEncoder().encode(body), metadata: {} });

function inbox() {
  const messages: InboundMessage[] = [];
  const handler: MessageHandler = async (message) => (messages.push(message), "success");
  return { messages, handler, bodies: () => messages.map(({ data }) => new TextDecoder().decode(data)) };
}

/** Rows as an independent observer counts them. */
function count(query: string): number {
  const database = new Database(join(baseFolder, ".mecha/pubsub.db"));
  try {
    return (database.prepare(`SELECT count(*) AS n FROM ${query}`).get() as { n: number }).n;
  } finally {
    database.close();
  }
}

describe("pubsub.sqlite", () => {
  it("gives a new group what is kept, or what comes from now on", async () => {
    const pubsub = await open();
    await pubsub.publish("topic", [text("old")]);
    const [all, recent] = [inbox(), inbox()];
    await pubsub.subscribe("topic", recent.handler, { metadata: { consumerGroup: "recent", consumeFrom: "latest" } });
    await pubsub.subscribe("topic", all.handler, { metadata: { consumerGroup: "all" } });
    await pubsub.publish("topic", [text("new")]);
    await eventually("both came", async () => all.messages.length === 2 && recent.messages.length === 1);
    expect(all.bodies()).toEqual(["old", "new"]);
    expect(recent.bodies()).toEqual(["new"]);
  });

  it("keeps what was published while nobody ran, with its attempts", async () => {
    const first = await open({ redeliverInterval: "10ms" });
    await first.publish("topic", [text("kept")]);
    let failed = false;
    await first.subscribe("topic", async () => ((failed = true), "retry"), { metadata: {} });
    await eventually("it failed once", async () => failed);
    await first.close?.();
    const later = inbox();
    await (await open()).subscribe("topic", later.handler, { metadata: {} });
    await eventually("it came", async () => later.messages.length === 1);
    expect(later.messages[0]?.attempt).toBeGreaterThan(1);
    expect(later.bodies()).toEqual(["kept"]);
  });

  it("drops a message after maxRetries, and says so", async () => {
    const warnings: string[] = [];
    const silent = () => undefined;
    const logger = { debug: silent, info: silent, error: silent, warn: (message: string) => warnings.push(message) };
    const pubsub = await open({ redeliverInterval: "1ms", maxRetries: "2" }, logger);
    let attempts = 0;
    await pubsub.subscribe("topic", async ({ attempt }) => ((attempts = attempt), "retry"), { metadata: {} });
    await pubsub.publish("topic", [text("hopeless")]);
    await eventually("it was dropped", async () => warnings.length > 0);
    expect(attempts).toBe(3);
    expect(warnings).toEqual([expect.stringMatching(/message 1 of topic "topic" failed 3 times.*"test-app".*dropped/)]);
    await eventually("it is on record", async () => count("deliveries WHERE outcome = 'exhausted'") === 1);
  });

  it("leaves rows that can be counted, and removes them when their retention is over", async () => {
    const pubsub = await open();
    const seen = inbox();
    await pubsub.subscribe("topic", seen.handler, { metadata: { consumerGroup: "done" } });
    await pubsub.publish("topic", [text("a"), text("b"), text("c")]);
    await eventually(
      "all are done",
      async () => count("deliveries WHERE state = 'done' AND outcome = 'success'") === 3,
    );
    await pubsub.publish("other", [text("nobody has it yet")]);
    expect(count("messages")).toBe(4);
    expect(count("deliveries")).toBe(3);
    expect(count("consumers")).toBe(1);
    // What a component does when it opens the file.
    await open({ retention: "0s" });
    await eventually("they are gone", async () => count("messages") === 0 && count("deliveries") === 0);
  });

  it("keeps what a group has not finished beyond its retention", async () => {
    const pubsub = await open({ redeliverInterval: "1h" });
    let failed = false;
    await pubsub.subscribe("topic", async () => ((failed = true), "retry"), { metadata: {} });
    await pubsub.publish("topic", [text("open")]);
    await eventually("it failed", async () => failed);
    const other = await open({ retention: "0s" });
    await other.close?.();
    expect(count("messages")).toBe(1);
  });

  it("opens a file that another version wrote only if it knows the format", async () => {
    await (await open()).close?.();
    const database = new Database(join(baseFolder, ".mecha/pubsub.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(open()).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("format 99"),
    });
  });

  it("says which file is no database", async () => {
    writeFileSync(
      join(baseFolder, "text.db"),
      "this is no database, but it is long enough to be looked at by SQLite".repeat(20),
    );
    await expect(open({ connectionString: "text.db" })).rejects.toMatchObject({
      code: "DATA_LOSS",
      message: expect.stringContaining("text.db"),
    });
  });

  it.each([
    ["connectionString", ":memory:"],
    ["redeliverInterval", "soon"],
    ["retention", "-1s"],
    ["consumeFrom", "middle"],
    ["synchronous", "OFF"],
    ["maxRetries", "-1"],
  ])("refuses %s %j by its key", async (key, value) => {
    await expect(open({ [key]: value })).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key } });
  });
});
