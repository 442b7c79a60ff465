/** The bytes in which a client sends a command. */
export function encodeCommand(words: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${String(words.length)}\r\n`)];
  for (const word of words) parts.push(Buffer.from(`$${String(word.length)}\r\n`), word, lineEnd);
  return Buffer.concat(parts);
}

const lineEnd = Buffer.from("\r\n");
