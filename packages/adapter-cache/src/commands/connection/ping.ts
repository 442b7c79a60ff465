import { Status } from "../../resp/reply.js";
import { arityError } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `PING [message]`: PONG, or the message. */
export const ping: ConnectionCommand = {
  name: "ping",
  arity: -1,
  run(_session, args) {
    if (args.count > 2) throw arityError("ping");
    return args.count === 2 ? args.bytes(1) : new Status("PONG");
  },
};
