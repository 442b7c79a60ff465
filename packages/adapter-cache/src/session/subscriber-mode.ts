import type { Arguments } from "../commands/arguments.js";
import { ErrorReply } from "../resp/reply.js";

const allowed: ReadonlySet<string> = new Set(
  "subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe ping quit reset".split(" "),
);

/** Commands that Redis names together with their subcommand. */
const containers: ReadonlySet<string> = new Set(
  "acl client cluster command config function latency memory module object pubsub script slowlog xgroup xinfo".split(
    " ",
  ),
);

/** Refuses what a subscriber may not do: in RESP2 its replies could not be told from messages. */
export function refuseToSubscriber(name: string, args: Arguments): void {
  if (allowed.has(name)) return;
  const subcommand = containers.has(name) && args.count > 1 ? `|${args.shown(1).toLowerCase()}` : "";
  throw new ErrorReply(
    `ERR Can't execute '${name}${subcommand}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}
