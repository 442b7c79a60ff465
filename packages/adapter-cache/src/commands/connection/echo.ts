import type { ConnectionCommand } from "../connection-command.js";

/** `ECHO message`: the message. */
export const echo: ConnectionCommand = { name: "echo", arity: 2, run: (_session, args) => args.bytes(1) };
