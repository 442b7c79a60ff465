import { join } from "node:path";
import { refuseMissing } from "../refuse-missing.js";
import { type Part, runParts } from "../run-parts.js";
import type { Topic } from "../topic.js";
import { measureEmbedded } from "./embedded.js";
import { installRuntime } from "./install-runtime.js";
import type { PartRun } from "./part.js";
import { measureSidecar } from "./sidecar.js";
import { measureStart } from "./start.js";
import { writeStore } from "./write-store.js";

const parts: Readonly<Record<string, Part<PartRun>>> = {
  embedded: measureEmbedded,
  sidecar: measureSidecar,
  start: measureStart,
};

/** The embedded runtime and the Node sidecar against real daprd. */
export const runtime: Topic = {
  summary: "the embedded runtime and the Node sidecar against daprd",
  parts: Object.keys(parts),
  async run({ pairs, parts: wanted, report }) {
    refuseMissing("redis", "daprd");
    await using installed = await installRuntime(report);
    const memory = await writeStore(join(installed.folder, "memory"), "state.in-memory");
    return await runParts(parts, wanted, { installed, memory, pairs, report });
  },
};
