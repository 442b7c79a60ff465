import { install } from "../installed.js";
import { topicOf } from "../topic-of-parts.js";
import { measureApp } from "./app.js";
import { measureCache } from "./cache.js";
import { measureImports } from "./imports.js";
import { measureMessages } from "./messages.js";
import { type PartRun } from "./part.js";
import { measureRpc } from "./rpc.js";
import { startServers } from "./servers.js";

/** The drop-ins as installed packages against the originals, with the same servers for both. */
export const first = topicOf<PartRun>({
  summary: "the example app and each drop-in against the originals",
  needs: ["redis", "rocketmq", "nacos"],
  parts: {
    app: measureApp,
    cache: measureCache,
    rpc: measureRpc,
    messages: measureMessages,
    imports: measureImports,
  },
  async around(report, measure) {
    await using installed = await install(report);
    await using servers = await startServers(report);
    return await measure({ installed, servers });
  },
});
