import type { Row } from "../row.js";
import type { Topic } from "../topic.js";
import { measureCalls, measureCoalesced } from "./calls.js";
import { installSdks } from "./install-sdks.js";
import type { Part } from "./part.js";
import { refuseMissing, startSidecars } from "./sidecars.js";
import { measureSize } from "./size.js";
import { measureStart } from "./start.js";
import { measureSubscription } from "./subscription.js";

const parts: Readonly<Record<string, Part>> = {
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
    refuseMissing();
    await using installed = await installSdks(report);
    await using sidecars = await startSidecars(installed.folder, report);
    const rows: Row[] = [];
    for (const [name, measure] of Object.entries(parts)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      rows.push(...(await measure({ installed, sidecars, pairs, report })));
    }
    return rows;
  },
};
