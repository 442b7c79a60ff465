import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import type { CallEnd } from "../transport/call-options.js";
import { Coalescer, type BatchOutcome, type CoalescerOptions } from "./coalescer.js";

type Sending = Promise<readonly BatchOutcome<string>[]>;

/** A coalescer of texts that answers each with itself in capitals, and what it was asked to send. */
function recording(options: Partial<CoalescerOptions<string, string>> = {}) {
  const sent: string[] = [];
  const ends: (CallEnd | undefined)[] = [];
  const coalescer = new Coalescer<string, string>({
    sendOne: (item, end) => {
      sent.push(item);
      ends.push(end);
      return Promise.resolve(item.toUpperCase());
    },
    sendMany: (items) => {
      sent.push(items.join("+"));
      return Promise.resolve(items.map((item) => ({ value: item.toUpperCase() })));
    },
    ...options,
  });
  return { coalescer, sent, ends };
}

describe("a coalescer", () => {
  it("sends what is asked in one tick together, and gives each caller its own answer", async () => {
    const { coalescer, sent } = recording();
    expect(await Promise.all(["a", "b", "c"].map((item) => coalescer.add(item)))).toEqual(["A", "B", "C"]);
    expect(sent).toEqual(["a+b+c"]);
  });

  it("takes what is asked by the answers of a batch into the next one, however many promises lie between", async () => {
    const { coalescer, sent } = recording();
    const twice = async (item: string, depth: number) => {
      await coalescer.add(item);
      for (let step = 0; step < depth; step++) await Promise.resolve();
      await coalescer.add(item);
    };
    await Promise.all([twice("a", 0), twice("b", 3), twice("c", 9)]);
    expect(sent).toEqual(["a+b+c", "a+b+c"]);
  });

  it("sends a batch of one as a plain call, with the caller's own end", async () => {
    const { coalescer, sent, ends } = recording();
    const { signal } = new AbortController();
    expect(await coalescer.add("a", { signal, deadline: 8e12 })).toBe("A");
    expect(sent).toEqual(["a"]);
    expect(ends).toEqual([{ signal, deadline: 8e12 }]);
  });

  it("has a group wait for its batch under way where it shall, full batches first, and other groups not", async () => {
    const waiting: (() => void)[] = [];
    const sent: string[] = [];
    const { coalescer } = recording({
      oneAtATime: true,
      groupOf: ([first = ""]) => first,
      maximumItems: 2,
      sendMany: async (items) => {
        sent.push(items.join("+"));
        await new Promise<void>((resolve) => waiting.push(resolve));
        return items.map((item) => ({ value: item.toUpperCase() }));
      },
      sendOne: (item) => Promise.resolve(sent.push(item) > 0 ? item.toUpperCase() : ""),
    });
    const calls = ["a1", "a2", "a3", "a4", "a5", "b1"].map((item) => coalescer.add(item));
    await calls[5];
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual(["a1+a2", "b1"]);
    waiting.shift()?.();
    await expect.poll(() => sent).toEqual(["a1+a2", "b1", "a3+a4"]);
    calls.push(coalescer.add("a6"));
    waiting.shift()?.();
    await expect.poll(() => waiting.length).toBe(1);
    waiting.shift()?.();
    expect(await Promise.all(calls)).toEqual(["A1", "A2", "A3", "A4", "A5", "B1", "A6"]);
    expect(sent).toEqual(["a1+a2", "b1", "a3+a4", "a5+a6"]);
  });

  it("does not mix groups, and bounds a batch by entries and bytes", async () => {
    const { coalescer, sent } = recording({
      groupOf: ([first = ""]) => first,
      bytesOf: (item) => item.length,
      maximumItems: 3,
      maximumBytes: 10,
    });
    const items = ["a1", "b1", "a2", "b2", "a3", "a4", "a5", "b-too-long", "b-very-much-too-long"];
    await Promise.all(items.map((item) => coalescer.add(item)));
    expect(sent.sort()).toEqual(["a1+a2+a3", "a4+a5", "b-too-long", "b-very-much-too-long", "b1+b2"]);
  });

  it("gives each caller its own error, and sends by itself what the batch says so of", async () => {
    const { coalescer, sent } = recording({
      sendMany: (items) =>
        Promise.resolve(
          items.map((item) => {
            if (item === "bad") return { error: new MechaError("INTERNAL", "bad") };
            return item === "again" ? "alone" : { value: "many" };
          }),
        ),
    });
    const [good, bad, again] = ["good", "bad", "again"].map((item) => coalescer.add(item));
    expect(await good).toBe("many");
    await expect(bad).rejects.toThrow("bad");
    expect(await again).toBe("AGAIN");
    expect(sent).toEqual(["again"]);
  });

  it("sends a failed batch again singly, so that one bad item fails only its own caller", async () => {
    const { coalescer } = recording({
      sendOne: (item) => (item === "bad" ? Promise.reject(new MechaError("INTERNAL", "bad")) : Promise.resolve(item)),
      sendMany: () => Promise.reject(new MechaError("INTERNAL", "one of them is bad")),
    });
    const results = await Promise.allSettled(["a", "bad", "b"].map((item) => coalescer.add(item)));
    expect(results).toMatchObject([{ value: "a" }, { reason: { message: "bad" } }, { value: "b" }]);
  });

  it("lets one caller leave without touching the others, and ends the batch when all have left", async () => {
    let batchSignal: AbortSignal | undefined;
    const { coalescer } = recording({
      sendMany: (_, signal): Sending => {
        batchSignal = signal;
        return new Promise((__, reject) => {
          signal?.addEventListener("abort", () => {
            reject(new MechaError("CANCELLED", "nobody waits"));
          });
        });
      },
    });
    const leaving = [new AbortController(), new AbortController()];
    const calls = [
      ...leaving.map(({ signal }, index) => coalescer.add(`a${String(index)}`, { signal })),
      coalescer.add("late", { timeoutMs: 1 }),
    ];
    await expect(calls[2]).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    leaving[0]?.abort();
    await expect(calls[0]).rejects.toMatchObject({ code: "CANCELLED" });
    expect(batchSignal?.aborted).toBe(false);
    leaving[1]?.abort();
    await expect(calls[1]).rejects.toMatchObject({ code: "CANCELLED" });
    expect(batchSignal?.aborted).toBe(true);
  });

  it("never ends a batch in which one caller has no end of its own", async () => {
    const { coalescer, sent } = recording();
    const leaving = new AbortController();
    const left = coalescer.add("a", { signal: leaving.signal });
    const staying = [coalescer.add("b"), coalescer.add("c")];
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: "CANCELLED" });
    await Promise.all(staying);
    expect(sent).toEqual(["b+c"]);
  });

  it("refuses a call that is over before it starts", async () => {
    const { coalescer, sent } = recording({ orderOf: (item) => item });
    await expect(coalescer.add("a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    await coalescer.add("a");
    expect(sent).toEqual(["a"]);
  });
});

describe("items of one order", () => {
  const orderOf = ([first = ""]: string): string => first;

  it("go one after another, as they were added, one in a batch", async () => {
    const log: string[] = [];
    const { coalescer } = recording({
      orderOf,
      sendOne: async (item) => {
        log.push(`${item} goes`);
        await Promise.resolve();
        log.push(`${item} is done`);
        return item;
      },
      sendMany: async (items) => {
        log.push(`${items.join("+")} go`);
        await Promise.resolve();
        log.push(`${items.join("+")} are done`);
        return items.map((value) => ({ value }));
      },
    });
    const answers = ["a1", "b1", "a2", "a3", "c1"].map((item) => coalescer.add(item));
    expect(await Promise.all(answers)).toEqual(["a1", "b1", "a2", "a3", "c1"]);
    expect(log).toEqual(["a1+b1+c1 go", "a1+b1+c1 are done", "a2 goes", "a2 is done", "a3 goes", "a3 is done"]);
  });

  it("keep their order when one fails, and when one's caller leaves", async () => {
    const { coalescer, sent } = recording({
      orderOf,
      sendMany: () => Promise.reject(new MechaError("INTERNAL", "all of it")),
    });
    const leaving = new AbortController();
    const calls = [
      coalescer.add("a1"),
      coalescer.add("b1"),
      coalescer.add("a2", { signal: leaving.signal }),
      coalescer.add("a3"),
    ];
    leaving.abort();
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(sent).toEqual(["a1", "b1", "a3"]);
  });

  it("can be waited for", async () => {
    const { coalescer, sent } = recording({ orderOf });
    expect(coalescer.settled("a")).toBeUndefined();
    void coalescer.add("a1");
    void coalescer.add("a2");
    await coalescer.settled("a");
    expect(sent).toEqual(["a1", "a2"]);
    expect(coalescer.settled("a")).toBeUndefined();
  });
});
