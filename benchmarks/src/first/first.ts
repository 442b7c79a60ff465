import { install } from "../installed.js";
import { refuseMissing } from "../refuse-missing.js";
import { type Part, runParts } from "../run-parts.js";
import { type Topic } from "../topic.js";
import { measureApp } from "./app.js";
import { measureCache } from "./cache.js";
import { measureImports } from "./imports.js";
import { measureMessages } from "./messages.js";
import { type PartRun } from "./part.js";
import { measureRpc } from "./rpc.js";
import { startServers } from "./servers.js";

const parts: Readonly<Record<string, Part<PartRun>>> = {
  app: measureApp,
  cache: measureCache,
  rpc: measureRpc,
  messages: measureMessages,
  imports: measureImports,
};

/** The drop-ins as installed packages against the originals, with the same servers for both. */
export const first: Topic = {
  summary: "the example app and each drop-in against the originals",
  parts: Object.keys(parts),
  async run({ pairs, parts: wanted, report }) {
    refuseMissing("redis", "rocketmq", "nacos");
    await using installed = await install(report);
    await using servers = await startServers(report);
    return await runParts(parts, wanted, { installed, servers, pairs, report });
  },
};
