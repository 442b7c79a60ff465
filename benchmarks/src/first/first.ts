import { install } from "../installed.js";
import { type Row } from "../row.js";
import { type Topic } from "../topic.js";
import { measureApp } from "./app.js";
import { measureCache } from "./cache.js";
import { measureImports } from "./imports.js";
import { measureMessages } from "./messages.js";
import { type Part } from "./part.js";
import { measureRpc } from "./rpc.js";
import { refuseMissing, startServers } from "./servers.js";

const parts: Readonly<Record<string, Part>> = {
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
    refuseMissing();
    await using installed = await install(report);
    await using servers = await startServers(report);
    const rows: Row[] = [];
    for (const [name, measure] of Object.entries(parts)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      rows.push(...(await measure({ installed, servers, pairs, report })));
    }
    return rows;
  },
};
