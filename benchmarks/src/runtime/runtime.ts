import { join } from "node:path";
import { topicOf } from "../topic-of-parts.js";
import { measureEmbedded } from "./embedded.js";
import { installRuntime } from "./install-runtime.js";
import type { PartRun } from "./part.js";
import { measureSidecar } from "./sidecar.js";
import { measureStart } from "./start.js";
import { writeStore } from "./write-store.js";

/** The embedded runtime and the Node sidecar against real daprd. */
export const runtime = topicOf<PartRun>({
  summary: "the embedded runtime and the Node sidecar against daprd",
  needs: ["redis", "daprd"],
  parts: {
    embedded: measureEmbedded,
    sidecar: measureSidecar,
    start: measureStart,
  },
  async around(report, measure) {
    await using installed = await installRuntime(report);
    const memory = await writeStore(join(installed.folder, "memory"), "state.in-memory");
    return await measure({ installed, memory });
  },
});
