import { ErrorReply, ok } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";

/** As many databases as Redis has by default. */
export const databases = 16;

/** `SELECT index`: the database of the commands that follow. */
export const select: ConnectionCommand = {
  name: "select",
  arity: 2,
  run(session, args) {
    const index = args.position(1);
    if (index < -(2 ** 31) || index >= 2 ** 31) {
      throw new ErrorReply("ERR value is out of range, value must between -2147483648 and 2147483647");
    }
    if (index < 0 || index >= databases) throw new ErrorReply("ERR DB index is out of range");
    session.database = index;
    return ok;
  },
};
