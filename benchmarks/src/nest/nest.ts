import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { topicOf } from "../topic-of-parts.js";
import { installNest } from "./install-nest.js";
import { type PartRun, pubsub } from "./part.js";
import { measureSubscribe } from "./subscribe.js";

/** Decorated handlers of a Nest app against what they are made of, and against Nest's own transport. */
export const nest = topicOf<PartRun>({
  summary: "@mecha/sdk-nest against sdk-core alone and Nest's Redis transport",
  needs: ["redis"],
  parts: { subscribe: measureSubscribe },
  async around(report, measure) {
    await using installed = await installNest(report);
    await using redis = await startRedis();
    const resources = join(installed.folder, "resources");
    await mkdir(resources);
    const metadata = [
      { name: "redisHost", value: redis.address },
      // Ten unless it is told, as daprd has it; Nest's transport calls handlers without any bound.
      { name: "concurrency", value: "100" },
    ];
    const spec = { type: "pubsub.redis", version: "v1", metadata };
    const resource = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name: pubsub }, spec };
    // JSON is YAML.
    await writeFile(join(resources, `${pubsub}.yaml`), JSON.stringify(resource));
    return await measure({ installed, resources, redisPort: redis.port });
  },
});
