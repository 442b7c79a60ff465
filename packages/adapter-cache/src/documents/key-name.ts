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

const nameOfKey = /^cache:(\d+):(.*)$/s;

/** Database and key of a document's name, the key as it stands there; `undefined` if it is no name of a key. */
export function splitName(name: string): { readonly database: number; readonly member: string } | undefined {
  const match = nameOfKey.exec(name);
  return match ? { database: Number(match[1]), member: match[2] ?? "" } : undefined;
}

/** The bytes of a key that stands in a document's name. */
export function keyOfMember(member: string): Buffer {
  const text = member.replace(/%([\da-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(text, "latin1");
}

const partPrefix = "cache-part:";

/** Name of a document that holds part of a value; no key has such a name. */
export function partName(id: string): string {
  return partPrefix + id;
}

/** Whether a document holds part of a value. */
export function isPartName(name: string): boolean {
  return name.startsWith(partPrefix);
}
