/** What a CloudEvent says of itself, by name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An envelope and the JSON value in it, each parsed once. */
export interface SplitEnvelope {
  /** All but `data`. */
  readonly attributes: Attributes;
  readonly data: unknown;
  /** `data` as it was written, a view of the envelope's bytes. */
  readonly bytes: Buffer;
}

const leading = '{"data":';
const following = ',"datacontenttype":';
const trailing = ',"data":';

/**
 * Takes an envelope apart whose `data` is its first member, as daprd writes it, or its last, as we do: what goes to the app need
 * not be written again then, and no number loses digits.
 *
 * @returns `undefined` for any other text, also one that is no JSON: it has to be read as a whole
 */
export function splitEnvelope(envelope: Buffer): SplitEnvelope | undefined {
  const text = envelope.toString("utf8");
  const isFirst = text.startsWith(leading);
  const at = isFirst ? text.lastIndexOf(following) : text.indexOf(trailing);
  if (at < 0 || !text.endsWith("}")) return undefined;
  try {
    // If both parts are JSON by themselves, the member is where it seems to be, and not inside of another.
    const data: unknown = JSON.parse(isFirst ? text.slice(leading.length, at) : text.slice(at + trailing.length, -1));
    const rest: unknown = JSON.parse(isFirst ? `{${text.slice(at + 1)}` : `${text.slice(0, at)}}`);
    if (typeof rest !== "object" || rest === null || "data" in rest) return undefined;
    // Of ASCII, a character is a byte.
    const isAscii = text.length === envelope.length;
    const bytes = isFirst
      ? envelope.subarray(leading.length, isAscii ? at : envelope.lastIndexOf(following))
      : envelope.subarray((isAscii ? at : envelope.indexOf(trailing)) + trailing.length, -1);
    // Written between braces.
    return { attributes: rest as Attributes, data, bytes };
  } catch {
    return undefined;
  }
}
