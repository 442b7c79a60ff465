/** A reply as it came, type included, so that two servers can be compared. */
export type RawReply = string | { readonly type: string; readonly items: readonly RawReply[] };

const aggregates = "*%~>";

/** Reads one reply from latin1 text; `undefined` while it is incomplete. */
export function readReply(text: string, start: number): { readonly reply: RawReply; readonly end: number } | undefined {
  const lineEnd = text.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const type = text.charAt(start);
  const line = text.slice(start, lineEnd);
  const size = Number(line.slice(1));
  if (aggregates.includes(type) && size >= 0)
    return readItems(text, { type, count: type === "%" ? size * 2 : size, start: lineEnd + 2 });
  if ((type !== "$" && type !== "=") || size < 0) return { reply: line, end: lineEnd + 2 };
  const end = lineEnd + 2 + size + 2;
  return text.length < end ? undefined : { reply: text.slice(start, end - 2), end };
}

function readItems(text: string, { type, count, start }: { type: string; count: number; start: number }) {
  const items: RawReply[] = [];
  let end = start;
  while (items.length < count) {
    const item = readReply(text, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: { type, items }, end };
}
