import { readFile, stat } from "node:fs/promises";
import { cryptoFailure } from "./crypto-failure.js";
import { type KeySet, parseKeySet } from "./key-set.js";

/** Where a key set comes from. */
export interface KeySetSource {
  /** What the component talks to, for reports. */
  readonly backend: string;
  /** The keys as they are now. Throws where they could never be read; keeps the last ones where they cannot be read any more. */
  keys(wantedKey: string): Promise<KeySet>;
}

/** How keys are fetched. */
export interface FetchOptions {
  readonly requestTimeoutMs: number;
  /** How old keys have to be before they are fetched again. */
  readonly minRefreshMs: number;
  /** Told in words why keys could not be read again. */
  readonly onProblem: (problem: string) => void;
}

/** Keys that are written in the component's metadata: JSON, or that as Base64. `undefined` for text that is neither. */
export function writtenKeys(text: string): KeySetSource | undefined {
  const keys = parseKeySet(text) ?? parseKeySet(Buffer.from(text, "base64").toString("utf8"));
  return keys && { backend: "memory", keys: async () => keys };
}

/** Keys in a file, read again when it has changed. */
export function fileKeys(file: string, backend: string, onProblem: (problem: string) => void): KeySetSource {
  let known: { readonly keys: KeySet; readonly stamp: string } | undefined;
  return {
    backend,
    async keys() {
      const { mtimeMs, size, ino } = await stat(file);
      const stamp = [mtimeMs, size, ino].join(" ");
      if (known?.stamp === stamp) return known.keys;
      const keys = parseKeySet(await readFile(file, "utf8"));
      if (keys !== undefined) known = { keys, stamp };
      else if (known === undefined) throw cryptoFailure("the file holds no JSON Web Key Set");
      else onProblem(`the file holds no JSON Web Key Set any more; the keys from before are used`);
      return known.keys;
    },
  };
}

/** Keys behind an address. They are fetched again when they are old, and at once for a key that is not among them. */
export function fetchedKeys(url: string, options: FetchOptions): KeySetSource {
  const { requestTimeoutMs, minRefreshMs, onProblem } = options;
  let known: KeySet | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<KeySet> | undefined;

  async function fetchKeys(): Promise<KeySet> {
    fetchedAtMs = performance.now();
    const response = await fetch(url, {
      signal: AbortSignal.timeout(requestTimeoutMs),
      headers: { accept: "application/json" },
    });
    if (!response.ok) throw cryptoFailure(`failed to fetch JWKS: status ${String(response.status)}`);
    const keys = parseKeySet(await response.text());
    if (keys === undefined) throw cryptoFailure("failed to fetch JWKS: the answer is no JSON Web Key Set");
    known = keys;
    return keys;
  }

  return {
    backend: url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*/s, ""),
    async keys(wantedKey) {
      const current = known;
      if (current !== undefined && performance.now() - fetchedAtMs < minRefreshMs) return current;
      fetching ??= fetchKeys().finally(() => (fetching = undefined));
      if (current === undefined) return fetching;
      const renewed = fetching.catch((error: unknown) => {
        onProblem(`the keys could not be fetched again, those from before are used: ${String(error)}`);
        return current;
      });
      return current.has(wantedKey) ? current : renewed;
    },
  };
}
