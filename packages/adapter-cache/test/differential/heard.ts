import type { RawReply } from "../reply-reader.js";

/** Messages of which several come at once, in an order that Redis leaves open: those of each pattern, and of each end of a subscription. */
const unordered = /unsubscribe"$|pmessage"$/;

/** What a subscriber received, such that it compares equal where it means the same. */
export function heard(received: readonly RawReply[]): readonly RawReply[] {
  const lists: RawReply[][] = [];
  let last = "";
  for (const each of received) {
    const kind = typeof each === "string" ? "" : JSON.stringify(each.items[0]);
    if (kind !== last || !unordered.test(kind)) lists.push([]);
    lists.at(-1)?.push(each);
    last = kind;
  }
  return lists.flatMap((list) => (list.length > 1 ? inOrder(list) : list));
}

/** The names in order; the counts stay where they are. */
function inOrder(messages: readonly RawReply[]): RawReply[] {
  const items = messages.map((message) => (typeof message === "string" ? [] : message.items));
  const named = items
    .map((each) => each.slice(1, -1))
    .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  const last = items.map((each) => each.at(-1) ?? "").sort();
  return messages.map((message, index) => {
    const type = typeof message === "string" ? "" : message.type;
    return { type, items: [items[index]?.[0] ?? "", ...(named[index] ?? []), last[index] ?? ""] };
  });
}
