/** Bytes that stand in a JSON answer as they are; those that are no JSON stand there as text. */
export function rawJson(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
