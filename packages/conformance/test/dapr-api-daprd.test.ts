import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { daprApiSuite } from "../src/index.js";
import { daprdRun } from "./daprd/daprd-run.js";
import { openDaprdTarget } from "./daprd/daprd-target.js";

describeWith(["daprd", "redis", "placement", "scheduler"], "real daprd", (on) => {
  daprApiSuite(test, () => openDaprdTarget(on), daprdRun);
});
