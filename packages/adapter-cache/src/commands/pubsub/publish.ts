import type { MessageKind } from "../../channels/channels.js";
import type { ConnectionCommand } from "../connection-command.js";

function publisher(name: string, kind: MessageKind): ConnectionCommand {
  return {
    name,
    arity: 3,
    inTurn: true,
    run: ({ channels }, args) => channels.publish(kind, args.text(1), args.bytes(2)),
  };
}

/** `PUBLISH channel message`: how many clients of this process receive it. */
export const publish = publisher("publish", "channel");

/** `SPUBLISH channel message`: the same for shard channels. */
export const spublish = publisher("spublish", "shard");
