import { expect, test } from "vitest";
import { PendingDeliveries } from "./pending-deliveries.js";

test("of the same event sent thrice, acknowledgements are for the first that still waits", async () => {
  const pending = new PendingDeliveries();
  const second = new AbortController();
  const waiting = [pending.wait("1"), pending.wait("1", second.signal), pending.wait("1")];
  second.abort();
  expect(await waiting[1]).toBe("retry");
  pending.settle("1", "success");
  expect(await waiting[0]).toBe("success");
  pending.settle("1", "drop");
  expect(await waiting[2]).toBe("drop");
  pending.settle("1", "success");
  pending.settle("2", "success");
});

test("who gives up waiting leaves the others and those that come later alone", async () => {
  const pending = new PendingDeliveries();
  const first = new AbortController();
  const waiting = [pending.wait("1", first.signal), pending.wait("1")];
  first.abort();
  expect(await waiting[0]).toBe("retry");
  pending.settle("1", "success");
  expect(await waiting[1]).toBe("success");
  const again = pending.wait("1");
  pending.settle("1", "drop");
  expect(await again).toBe("drop");
});

test("when the stream is lost, all that wait are to have their events again, and so is who comes later", async () => {
  const pending = new PendingDeliveries();
  const waiting = [pending.wait("1"), pending.wait("1"), pending.wait("2")];
  pending.lose();
  expect(await Promise.all([...waiting, pending.wait("3")])).toEqual(["retry", "retry", "retry", "retry"]);
});
