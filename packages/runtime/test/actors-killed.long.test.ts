import { test } from "vitest";
import { expectNothingLost, patience } from "./killed-actors.js";

test("kill -9 in the middle of 10,000 registrations loses no job and no reminder that was acknowledged", patience, () =>
  expectNothingLost(10_000),
);
