const plain = /^[A-Za-z0-9_.:/@-]*$/;

/**
 * Name under which the document of a Redis key is stored: `cache:<database>:<key>`.
 *
 * Redis keys are any bytes, also none; the Dapr API takes text without `||`. So bytes other than letters, digits and
 * `_ . : / @ -` become `%` and two hexadecimal digits.
 *
 * @param key - the key's bytes as latin1 text
 */
export function documentName(database: number, key: string): string {
  return `cache:${String(database)}:${plain.test(key) ? key : escape(key)}`;
}

function escape(key: string): string {
  return key.replace(/[^A-Za-z0-9_.:/@-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
