/** Reads a reply that is an array of bulk strings, as latin1 text each; `undefined` for any other reply. */
export function readTexts(reply: Buffer): readonly string[] | undefined {
  const text = reply.toString("latin1");
  let at = 0;
  const number = (type: string): number => {
    const end = text.indexOf("\r\n", at);
    const line = end < 0 ? "" : text.slice(at, end);
    at = end + 2;
    return line.startsWith(type) ? Number(line.slice(1)) : Number.NaN;
  };
  const count = number("*");
  if (Number.isNaN(count)) return undefined;
  const texts: string[] = [];
  while (texts.length < count) {
    const length = number("$");
    if (Number.isNaN(length) || length < 0) return undefined;
    texts.push(text.slice(at, at + length));
    at += length + 2;
  }
  return texts;
}
