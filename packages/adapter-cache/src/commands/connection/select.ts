import { ok } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";
import { readDatabase } from "../databases.js";

/** `SELECT index`: the database of the commands that follow. */
export const select: ConnectionCommand = {
  name: "select",
  arity: 2,
  run(session, args) {
    session.database = readDatabase(args, 1);
    return ok;
  },
};
