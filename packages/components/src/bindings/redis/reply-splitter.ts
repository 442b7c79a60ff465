const lineFeed = 10;

/** Types whose first line gives the length of what follows: bulk strings, verbatim strings and long errors. */
const bulks: ReadonlySet<string> = new Set(["$", "=", "!"]);

/** How many elements each counted one has: arrays, sets and pushes one, maps and attributes two. */
const aggregates: ReadonlyMap<string, number> = new Map([
  ["*", 1],
  ["~", 1],
  [">", 1],
  ["%", 2],
  ["|", 2],
]);

/** Cuts the bytes that a Redis server sends into replies, each as it came. */
export class ReplySplitter {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many bytes must be there before another look is worth it. */
  #needed = 1;

  /** Takes bytes and gives the replies that they complete. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return [];
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const replies: Buffer[] = [];
    let at = 0;
    let end = endOfReply(all, at);
    for (; end > 0 && end <= all.length; end = at < all.length ? endOfReply(all, at) : 0) {
      replies.push(all.subarray(at, end));
      at = end;
    }
    const rest = all.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    this.#needed = Math.max(end - at, rest.length + 1);
    return replies;
  }
}

/** Where the reply ends that begins here: maybe beyond the bytes, and 0 if these do not tell. */
function endOfReply(bytes: Buffer, start: number): number {
  let at = start;
  for (let elements = 1; elements > 0; ) {
    const end = bytes.indexOf(lineFeed, at) + 1;
    if (end === 0) return 0;
    const type = String.fromCharCode(bytes[at] ?? 0);
    const count = bulks.has(type) || aggregates.has(type) ? Number(bytes.toString("latin1", at + 1, end - 2)) : -1;
    const items = aggregates.get(type);
    // An attribute stands before the element that it belongs to.
    if (type !== "|") elements--;
    if (items !== undefined) elements += Math.max(count, 0) * items;
    at = end;
    if (bulks.has(type) && count >= 0) at += count + 2;
    if (at > bytes.length || (at === bytes.length && elements > 0)) return elements > 0 ? 0 : at;
  }
  return at;
}
