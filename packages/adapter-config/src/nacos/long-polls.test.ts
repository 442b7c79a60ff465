import type { ConfigurationSubscription, ConfigurationValues } from "@mecha/sdk-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ConfigItem, keyOf } from "../config-item.js";
import type { ConfigSession } from "../config-session.js";
import { md5Of } from "./listener-probe.js";
import { createLongPolls } from "./long-polls.js";

/** A session over a map, whose subscriptions are told by hand. */
function createSession() {
  const contents = new Map<string, string>();
  const told = new Map<string, { push(values: ConfigurationValues): void; fail(error: Error): void; end(): void }>();
  const closed: string[] = [];
  let reads = 0;

  async function watch(item: ConfigItem): Promise<ConfigurationSubscription> {
    const key = keyOf(item);
    let controller!: ReadableStreamDefaultController<ConfigurationValues>;
    const stream = new ReadableStream<ConfigurationValues>({ start: (given) => void (controller = given) });
    told.set(key, {
      push: (values) => controller.enqueue(values),
      fail: (error) => controller.error(error),
      end: () => controller.close(),
    });
    const close = async (): Promise<void> => void closed.push(key);
    return {
      close,
      [Symbol.asyncDispose]: close,
      [Symbol.asyncIterator]: () => stream.values() as AsyncIterator<ConfigurationValues, void, undefined>,
    };
  }

  const session: ConfigSession = {
    route: () => Promise.reject(new Error("not asked for")),
    publish: () => Promise.reject(new Error("not asked for")),
    remove: () => Promise.reject(new Error("not asked for")),
    async read(item) {
      reads++;
      return contents.get(keyOf(item));
    },
    watch,
    close: async () => undefined,
  };
  return {
    session,
    contents,
    closed,
    reads: () => reads,
    subscriptions: () => told.size,
    change(key: string, value: string, isRemoved = false) {
      told.get(key)?.push(new Map([[key, { value, version: "", metadata: {}, isRemoved }]]));
    },
    fail: (key: string, error: Error) => told.get(key)?.fail(error),
    end: (key: string) => told.get(key)?.end(),
  };
}

const item = { dataId: "a", group: "G" };
const other = { dataId: "b", group: "G" };
afterEach(() => void vi.useRealTimers());

describe("a long poll", () => {
  it("reports at once an item whose content the client does not know", async () => {
    const { session, contents } = createSession();
    contents.set("G/a", "1");
    const polls = createLongPolls(session);
    expect(
      await polls.poll([
        { ...item, md5: "" },
        { ...other, md5: "" },
      ]),
    ).toMatchObject([item]);
  });

  it("waits for the change of an item that the client knows, and for its removal", async () => {
    const { session, contents, change } = createSession();
    contents.set("G/a", "1");
    const polls = createLongPolls(session);
    const first = polls.poll([{ ...item, md5: md5Of("1") }]);
    await vi.waitFor(() => expect(contents.size).toBe(1));
    await new Promise((resolve) => setImmediate(resolve));
    change("G/a", "2");
    expect(await first).toMatchObject([item]);
    const second = polls.poll([{ ...item, md5: md5Of("2") }]);
    change("G/a", "", true);
    expect(await second).toMatchObject([item]);
  });

  it("asks what an empty value means where the runtime does not mark removals", async () => {
    const { session, contents, change } = createSession();
    contents.set("G/a", "1");
    const polls = createLongPolls(session);
    const poll = polls.poll([{ ...item, md5: md5Of("1") }]);
    await new Promise((resolve) => setImmediate(resolve));
    contents.delete("G/a");
    change("G/a", "");
    expect(await poll).toMatchObject([item]);
    expect(await polls.poll([{ ...item, md5: md5Of("") }])).toMatchObject([item]);
  });

  it("ends without a report after the time for which Nacos holds one", async () => {
    vi.useFakeTimers();
    const polls = createLongPolls(createSession().session);
    const poll = polls.poll([{ ...item, md5: "" }]);
    await vi.advanceTimersByTimeAsync(29_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await poll).toEqual([]);
  });

  it("ends for an item that it does not name, and goes on for one that it does", async () => {
    const polls = createLongPolls(createSession().session);
    let isOver = false;
    const poll = polls.poll([{ ...item, md5: "" }]).finally(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    polls.include(item);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    polls.include(other);
    expect(await poll).toEqual([]);
  });

  it("ends when it is restarted before it began to wait", async () => {
    const polls = createLongPolls(createSession().session);
    const poll = polls.poll([{ ...item, md5: "" }]);
    polls.restart();
    expect(await poll).toEqual([]);
  });

  it("keeps one subscription over many polls, and ends it when no poll has come for a while", async () => {
    vi.useFakeTimers();
    const { session, subscriptions, closed } = createSession();
    const polls = createLongPolls(session);
    for (let round = 0; round < 3; round++) {
      const poll = polls.poll([{ ...item, md5: "" }]);
      await vi.advanceTimersByTimeAsync(30_000);
      await poll;
    }
    expect([subscriptions(), closed]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(closed).toEqual(["G/a"]);
  });

  it("rejects when the subscription breaks, and subscribes anew for the next one", async () => {
    const { session, fail, contents } = createSession();
    const polls = createLongPolls(session);
    const poll = polls.poll([{ ...item, md5: "" }]);
    await new Promise((resolve) => setImmediate(resolve));
    fail("G/a", new Error("the sidecar is gone"));
    await expect(poll).rejects.toThrow("the sidecar is gone");
    contents.set("G/a", "written meanwhile");
    expect(await polls.poll([{ ...item, md5: "" }])).toMatchObject([item]);
  });

  it("rejects when the runtime ends the subscription", async () => {
    const { session, end } = createSession();
    const polls = createLongPolls(session);
    const poll = polls.poll([{ ...item, md5: "" }]);
    await new Promise((resolve) => setImmediate(resolve));
    end("G/a");
    await expect(poll).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("G/a") });
  });

  it("does not spin when what is read lags behind what was announced", async () => {
    const { session, contents, change, reads } = createSession();
    contents.set("G/a", "1");
    const polls = createLongPolls(session);
    const probe = [{ ...item, md5: md5Of("1") }];
    const first = polls.poll(probe);
    await new Promise((resolve) => setImmediate(resolve));
    change("G/a", "2");
    await first;
    // The client read "1" once more, so it polls with the old MD5; the store still says "1".
    const second = polls.poll(probe);
    await vi.waitFor(() => expect(reads()).toBe(2));
    change("G/a", "3");
    expect(await second).toMatchObject([item]);
  });

  it("ends with all others when it is closed, and none begins after", async () => {
    const { session, closed } = createSession();
    const polls = createLongPolls(session);
    const poll = polls.poll([{ ...item, md5: "" }]);
    await new Promise((resolve) => setImmediate(resolve));
    await polls.close();
    expect(await poll).toEqual([]);
    expect(await polls.poll([{ ...item, md5: "x" }])).toEqual([]);
    expect(closed).toEqual(["G/a"]);
  });
});
