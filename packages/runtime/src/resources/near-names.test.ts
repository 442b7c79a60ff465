import { expect, test } from "vitest";
import { nearNames } from "./near-names.js";

const types = ["state.redis", "state.sqlite", "pubsub.rocketmq", "state.in-memory"];

test("a slip of the keyboard finds the name that was meant first", () => {
  expect(nearNames("state.rediss", types)[0]).toBe("state.redis");
  expect(nearNames("pubsub.rocketMQ", types)).toEqual(["pubsub.rocketmq"]);
});

test("a name that is like none of them finds nothing", () => {
  expect(nearNames("crypto.jwks", types)).toEqual([]);
});
