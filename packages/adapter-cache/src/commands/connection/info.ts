import { Verbatim } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";
import { redisVersion } from "./redis-version.js";

/** `INFO [section…]`: what clients ask for when they connect, whatever the section. */
export const info: ConnectionCommand = {
  name: "info",
  arity: -1,
  run(session) {
    const facts = {
      redis_version: redisVersion,
      redis_mode: "standalone",
      process_id: process.pid,
      loading: 0,
      role: "master",
      mecha_store: session.storeType,
    };
    const lines = Object.entries(facts).map(([name, value]) => `${name}:${String(value)}\r\n`);
    return new Verbatim(`# Server\r\n${lines.join("")}`);
  },
};
