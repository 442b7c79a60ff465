import { daprApiSuite, suiteRun } from "@mecha/conformance";
import * as test from "vitest";
import { openMechaRunTarget } from "./mecha-run-target.js";

test.describe("mecha run, over gRPC", () => {
  daprApiSuite(test, () => openMechaRunTarget(), suiteRun);
});
