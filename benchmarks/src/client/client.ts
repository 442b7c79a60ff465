import { refuseMissing } from "../refuse-missing.js";
import { type Part, runParts } from "../run-parts.js";
import type { Topic } from "../topic.js";
import { measureCalls, measureCoalesced } from "./calls.js";
import { installSdks } from "./install-sdks.js";
import type { PartRun } from "./part.js";
import { startSidecars } from "./sidecars.js";
import { measureSize } from "./size.js";
import { measureStart } from "./start.js";
import { measureSubscription } from "./subscription.js";

const parts: Readonly<Record<string, Part<PartRun>>> = {
  calls: measureCalls,
  coalesced: measureCoalesced,
  subscription: measureSubscription,
  start: measureStart,
  size: measureSize,
};

/** The SDK against @dapr/dapr and a raw stub, all on the same real daprd. */
export const client: Topic = {
  summary: "sdk-core against @dapr/dapr and a raw grpc-js stub, on daprd",
  parts: Object.keys(parts),
  async run({ pairs, parts: wanted, report }) {
    refuseMissing("redis", "daprd");
    await using installed = await installSdks(report);
    await using sidecars = await startSidecars(installed.folder, report);
    return await runParts(parts, wanted, { installed, sidecars, pairs, report });
  },
};
