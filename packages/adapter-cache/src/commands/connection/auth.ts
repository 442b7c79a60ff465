import { ok } from "../../resp/reply.js";
import { syntaxError } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `AUTH [username] password`: OK; who may use the store is the runtime's affair. */
export const auth: ConnectionCommand = {
  name: "auth",
  arity: -2,
  run(_session, args) {
    if (args.count > 3) throw syntaxError();
    return ok;
  },
};
