import { topicOf } from "../topic-of-parts.js";
import { measureCalls, measureCoalesced } from "./calls.js";
import { installSdks } from "./install-sdks.js";
import type { PartRun } from "./part.js";
import { startSidecars } from "./sidecars.js";
import { measureSize } from "./size.js";
import { measureStart } from "./start.js";
import { measureSubscription } from "./subscription.js";

/** The SDK against @dapr/dapr and a raw stub, all on the same real daprd. */
export const client = topicOf<PartRun>({
  summary: "sdk-core against @dapr/dapr and a raw grpc-js stub, on daprd",
  needs: ["redis", "daprd"],
  parts: {
    calls: measureCalls,
    coalesced: measureCoalesced,
    subscription: measureSubscription,
    start: measureStart,
    size: measureSize,
  },
  async around(report, measure) {
    await using installed = await installSdks(report);
    await using sidecars = await startSidecars(installed.folder, report);
    return await measure({ installed, sidecars });
  },
});
