import { expect, it } from "vitest";
import { PushQueue } from "./push-queue.js";
import { takeItems, takeReady } from "./ready-items.js";

const items = [{ id: 1 }, { id: 2 }, { id: 3 }];

it("takes what is there in one turn, and then what comes", async () => {
  const queue = new PushQueue<object>();
  for (const item of items) queue.push(item);
  const taken: object[] = [];
  let turns = 0;
  const reading = takeItems(queue, (item) => {
    taken.push(item);
    return undefined;
  });
  while (taken.length === 0) turns += await Promise.resolve(1);
  expect(taken).toEqual(items);
  expect(turns).toBeLessThan(items.length);
  queue.push({ id: 4 });
  queue.end();
  await reading;
  expect(taken).toEqual([...items, { id: 4 }]);
});

it("waits for who takes an item before the next, and reads iterators that cannot say what is there", async () => {
  const queue = new PushQueue<object>();
  const plain = (async function* () {
    yield* items;
  })();
  for (const item of items) queue.push(item);
  queue.end();
  for (const source of [queue, plain]) {
    const order: string[] = [];
    await takeItems<object>(source, async (item) => {
      order.push(`take ${(item as { id: number }).id}`);
      await Promise.resolve();
      order.push("taken");
    });
    expect(order).toEqual(["take 1", "taken", "take 2", "taken", "take 3", "taken"]);
  }
});

it("ends an iterator whose item could not be taken, and passes on what the iterator says", async () => {
  const queue = new PushQueue<object>();
  queue.push({ id: 1 });
  const refuse = (): undefined => {
    throw new Error("not taken");
  };
  await expect(takeItems(queue, refuse)).rejects.toThrow("not taken");
  expect(queue.push({ id: 2 })).toBe(false);

  const broken = new PushQueue<object>();
  broken.push({ id: 1 });
  broken.fail(new Error("broken"));
  const taken: object[] = [];
  const reading = takeItems(broken, (item) => {
    taken.push(item);
    return undefined;
  });
  await expect(reading).rejects.toThrow("broken");
  expect(taken).toEqual([{ id: 1 }]);
});

it("has nothing ready of an empty queue, and of one that has ended", async () => {
  const queue = new PushQueue<object>();
  expect(takeReady(queue)).toBeUndefined();
  const item = queue.next();
  queue.push({ id: 1 });
  expect(takeReady(queue)).toBeUndefined();
  expect((await item).value).toEqual({ id: 1 });
  queue.end();
  expect(takeReady(queue)).toBeUndefined();
});
