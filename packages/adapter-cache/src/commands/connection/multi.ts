import { ErrorReply, ok } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `MULTI`: the commands that follow are queued until EXEC. */
export const multi: ConnectionCommand = {
  name: "multi",
  arity: 1,
  immediate: true,
  run(session) {
    if (session.transaction !== undefined) throw new ErrorReply("ERR MULTI calls can not be nested");
    session.begin();
    return ok;
  },
};

/** `DISCARD`: forgets the queued commands and what is watched. */
export const discard: ConnectionCommand = {
  name: "discard",
  arity: 1,
  immediate: true,
  run(session) {
    if (session.transaction === undefined) throw new ErrorReply("ERR DISCARD without MULTI");
    session.discard();
    return ok;
  },
};

/** `UNWATCH`: forgets what is watched. */
export const unwatch: ConnectionCommand = {
  name: "unwatch",
  arity: 1,
  run(session) {
    session.unwatch();
    return ok;
  },
};
