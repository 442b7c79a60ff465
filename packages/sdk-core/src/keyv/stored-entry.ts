/** What the state store holds for one key of Keyv, as JSON; for the generation of a namespace, `g` alone. */
export interface StoredEntry {
  /** Generation of the namespace in which it was written; of another one, it counts as cleared. */
  readonly g: string;
  /** The namespace, by which a query finds the entry. */
  readonly n?: string;
  /** When it expires, in milliseconds since 1970; a state store counts in seconds. */
  readonly e?: number;
  /** What Keyv gave: the text that its serializer made, or any JSON value if it has none. */
  readonly v?: unknown;
}

/** The key of an entry in the state store. */
export function entryKey(namespace: string, key: string): string {
  return `${escapeNamespace(namespace)}::${escape(key)}`;
}

/** The key of a namespace's generation, which no entry has. */
export function generationKey(namespace: string): string {
  return `${escapeNamespace(namespace)}:generation`;
}

/** The key that Keyv gave, of the key in a query's result, where daprd may leave its prefix. */
export function givenKey(stored: string): string {
  const own = stored.slice(stored.lastIndexOf("||") + 1);
  return own
    .slice(own.indexOf("::") + 2)
    .replaceAll("%7C", "|")
    .replaceAll("%25", "%");
}

/** Whether an entry counts: written since the namespace was cleared, and not expired. */
export function isCurrent(entry: StoredEntry, generation: string | undefined): boolean {
  return entry.g === generation && (entry.e === undefined || entry.e > Date.now());
}

/** Keys of the state API have no `||`. */
function escape(key: string): string {
  return key.includes("|") || key.includes("%") ? key.replaceAll("%", "%25").replaceAll("|", "%7C") : key;
}

function escapeNamespace(namespace: string): string {
  return escape(namespace).replaceAll(":", "%3A");
}
