import { Status } from "../../resp/reply.js";
import { arityError } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";

/** `PING [message]`: PONG, or the message. */
export const ping: ConnectionCommand = {
  name: "ping",
  arity: -1,
  run(session, args) {
    if (args.count > 2) throw arityError("ping");
    // To subscribers of RESP2 everything comes as an array.
    if (session.protocol === 2 && session.subscriptions.active) return ["pong", args.count === 2 ? args.bytes(1) : ""];
    return args.count === 2 ? args.bytes(1) : new Status("PONG");
  },
};
