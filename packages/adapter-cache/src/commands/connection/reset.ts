import { Status } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `RESET`: the connection as it was when it was opened. */
export const reset: ConnectionCommand = {
  name: "reset",
  arity: 1,
  immediate: true,
  run(session) {
    session.reset();
    return new Status("RESET");
  },
};
