import { expect, it } from "vitest";
import { PushQueue } from "./push-queue.js";

it("gives items in their order, those that came before a reader and those that came after", async () => {
  const queue = new PushQueue<number>();
  queue.push(1);
  const readers = [queue.next(), queue.next(), queue.next()];
  queue.push(2);
  queue.push(3);
  expect((await Promise.all(readers)).map(({ value }) => value)).toEqual([1, 2, 3]);
});

it("ends after the items that are in, and takes no more", async () => {
  const queue = new PushQueue<number>();
  queue.push(1);
  queue.end();
  queue.push(2);
  const read: number[] = [];
  for await (const item of queue) read.push(item);
  expect(read).toEqual([1]);
  expect((await queue.next()).done).toBe(true);
});

it("tells one reader of a failure, and the others of the end", async () => {
  const queue = new PushQueue<number>();
  const readers = Promise.allSettled([queue.next(), queue.next()]);
  queue.fail(new Error("broken"));
  queue.fail(new Error("too late"));
  expect(await readers).toMatchObject([{ reason: { message: "broken" } }, { value: { done: true } }]);
});

it("gives back what nobody has read when it is drained, and nothing of it to a reader", async () => {
  const queue = new PushQueue<number>();
  queue.push(1);
  queue.push(2);
  await queue.next();
  expect(queue.drain()).toEqual([2]);
  expect((await queue.next()).done).toBe(true);
});

it("lets a waiting reader go when the iteration is left", async () => {
  const queue = new PushQueue<number>();
  const waiting = queue.next();
  await queue.return();
  expect((await waiting).done).toBe(true);
});
