import { daprApiSuite } from "@mecha/conformance";
import * as test from "vitest";
import { mechaRun, openMechaRunTarget } from "./mecha-run-target.js";

test.describe("mecha run, over gRPC", () => {
  daprApiSuite(test, () => openMechaRunTarget(), mechaRun);
});
