import { ok } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `QUIT`: OK, then the connection ends. */
export const quit: ConnectionCommand = {
  name: "quit",
  arity: -1,
  immediate: true,
  run(session) {
    session.end();
    return ok;
  },
};
