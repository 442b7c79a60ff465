const plain = /^[A-Za-z0-9_.:@+=,-]+$/;
const longestFileName = 240;

/**
 * Turns one part of a key into a file name that stays inside its folder.
 *
 * Letters, digits and `_ . : @ + = , -` stay as they are, so that people find their files; other characters become `%XX`.
 * A leading dot is escaped too, which takes care of `.` and `..` and leaves hidden names to temporary files.
 */
function escapePart(part: string): string {
  const escaped = plain.test(part) ? part : encodeURIComponent(part).replace(/[!'()*]/g, percentEncode);
  return escaped.startsWith(".") ? `%2E${escaped.slice(1)}` : escaped;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/**
 * The relative path (with `/`) of the file that holds a key: one folder for each part of the key but the last.
 *
 * @returns `undefined` for a key that no file can hold: one with an empty part, a lone surrogate, or a part too long for a file name
 */
export function pathOfKey(key: string): string | undefined {
  const parts = key.split("/");
  if (parts.includes("")) return undefined;
  try {
    const escaped = parts.map(escapePart);
    return escaped.every((part) => part.length <= longestFileName) ? escaped.join("/") : undefined;
  } catch {
    return undefined; // encodeURIComponent knows no bytes for a lone surrogate
  }
}

/** The key that a relative path (with `/`) holds; `undefined` for files that hold none, such as hidden and temporary ones. */
export function keyOfPath(path: string): string | undefined {
  try {
    const key = path.split("/").map(decodeURIComponent).join("/");
    return pathOfKey(key) === path ? key : undefined;
  } catch {
    return undefined; // not an escape of ours, so not a key of ours
  }
}
