import type { ConversationReply } from "@mecha/spec";

/** Answers that are given again to the same request for a while. */
export interface ReplyCache {
  get(request: string): ConversationReply | undefined;
  set(request: string, reply: ConversationReply): void;
}

/** The most answers that are kept. */
const maxReplies = 1_000;

/** Makes a cache whose answers are good for so long; without a time it keeps nothing. */
export function createReplyCache(ttlMs: number | undefined): ReplyCache {
  const replies = new Map<string, { readonly reply: ConversationReply; readonly untilMs: number }>();
  return {
    get(request) {
      const found = replies.get(request);
      return found !== undefined && found.untilMs > performance.now() ? found.reply : undefined;
    },
    set(request, reply) {
      if (ttlMs === undefined) return;
      replies.delete(request);
      replies.set(request, { reply, untilMs: performance.now() + ttlMs });
      // The oldest is the first: a map keeps the order in which it was filled.
      const [oldest] = replies.keys();
      if (replies.size > maxReplies && oldest !== undefined) replies.delete(oldest);
    },
  };
}
