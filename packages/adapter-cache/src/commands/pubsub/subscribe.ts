import type { SubscriptionKind } from "../../channels/channels.js";
import { PushReply, Replies, type Reply } from "../../resp/reply.js";
import type { ClientSession } from "../../session/client-session.js";
import type { ConnectionCommand } from "../connection-command.js";

function subscriber(name: string, kind: SubscriptionKind): ConnectionCommand {
  return {
    name,
    arity: -2,
    inTurn: true,
    run({ subscriptions }, args) {
      const pending: Promise<void>[] = [];
      const replies = args.slice(1).map((bytes): Reply => {
        const added = subscriptions.add(kind, bytes.toString("latin1"));
        if (added !== undefined) pending.push(added);
        return new PushReply([name, bytes, subscriptions.count(kind)]);
      });
      const reply = new Replies(replies);
      return pending.length === 0 ? reply : Promise.all(pending).then(() => reply);
    },
  };
}

function unsubscriber(name: string, kind: SubscriptionKind): ConnectionCommand {
  return {
    name,
    arity: -1,
    inTurn: true,
    run: (session, args) => unsubscribe(session, name, kind, args.count > 1 ? args.slice(1) : undefined),
  };
}

function unsubscribe(
  { subscriptions }: ClientSession,
  name: string,
  kind: SubscriptionKind,
  given: readonly Buffer[] | undefined,
): Reply {
  const names = given ?? subscriptions.names(kind).map((each) => Buffer.from(each, "latin1"));
  if (names.length === 0) return new PushReply([name, null, subscriptions.count(kind)]);
  return new Replies(
    names.map((bytes) => {
      subscriptions.remove(kind, bytes.toString("latin1"));
      return new PushReply([name, bytes, subscriptions.count(kind)]);
    }),
  );
}

/** `SUBSCRIBE channel…`: messages of channels. */
export const subscribe = subscriber("subscribe", "channel");

/** `PSUBSCRIBE pattern…`: messages of all channels whose names match. */
export const psubscribe = subscriber("psubscribe", "pattern");

/** `SSUBSCRIBE channel…`: messages of shard channels. */
export const ssubscribe = subscriber("ssubscribe", "shard");

/** `UNSUBSCRIBE [channel…]`: no more of these channels, or of any. */
export const unsubscribeChannels = unsubscriber("unsubscribe", "channel");

/** `PUNSUBSCRIBE [pattern…]`. */
export const punsubscribe = unsubscriber("punsubscribe", "pattern");

/** `SUNSUBSCRIBE [channel…]`. */
export const sunsubscribe = unsubscriber("sunsubscribe", "shard");
