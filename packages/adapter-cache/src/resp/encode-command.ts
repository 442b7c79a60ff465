const lineEnd = Buffer.from("\r\n");

/** A command as clients send it: an array of bulk strings. */
export function encodeCommand(words: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${String(words.length)}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === "string" ? Buffer.from(word) : word;
    parts.push(Buffer.from(`$${String(bytes.length)}\r\n`), bytes, lineEnd);
  }
  return Buffer.concat(parts);
}
