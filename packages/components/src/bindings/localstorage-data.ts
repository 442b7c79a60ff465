const quoted = /^(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`)$/su;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes that daprd's `bindings.localstorage` writes for the data of a `create`: a quoted string is unquoted, and what then is
 * standard base64 (line breaks allowed, padding required) is decoded; anything else stays as it is.
 */
export function decodeLocalStorageData(data: Uint8Array): Uint8Array {
  const unquoted = unquote(Buffer.from(data));
  const text = unquoted.toString("latin1").replace(/[\r\n]/g, "");
  return base64.test(text) ? Buffer.from(text, "base64") : unquoted;
}

function unquote(data: Buffer): Buffer {
  const text = data.toString("utf8");
  if (!quoted.test(text)) return data;
  if (text.startsWith("`")) return Buffer.from(text.slice(1, -1).replaceAll("\r", ""));
  try {
    // Go's escapes beyond JSON's (\x, \a, octal) do not come from encoders of JSON, which is why daprd unquotes at all.
    return Buffer.from(JSON.parse(text) as string);
  } catch {
    return data;
  }
}
