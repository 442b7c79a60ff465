import { Replies } from "../resp/reply.js";
import type { ClientSession } from "./client-session.js";
import type { ReplyPlace } from "./reply-queue.js";

/** The place of a command whose client wants no replies: it gives none, unless the command asks for replies again. */
export function silencedPlace(session: ClientSession, values: readonly Buffer[], place: ReplyPlace): ReplyPlace {
  if (session.replies === "SKIP") session.replies = "ON";
  const words = values.map((word) => word.toString("latin1").toUpperCase()).join(" ");
  if (words === "CLIENT REPLY ON") return place;
  const nothing = new Replies([]);
  return {
    settle: (_reply, protocol) => place.settle(nothing, protocol),
    whenNext: (callback) => place.whenNext(callback),
  };
}
