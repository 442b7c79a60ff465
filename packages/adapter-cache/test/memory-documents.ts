import type { DocumentChange, Documents, StoredDocument } from "../src/documents/documents.js";

/** A store of single documents as daprd's Redis is one: ETags count up, and several changes are made one by one. */
export interface MemoryDocuments extends Documents {
  readonly stored: Map<string, StoredDocument>;
}

/** Makes an empty store. */
export function memoryDocuments({ foretells = true } = {}): MemoryDocuments {
  const stored: MemoryDocuments["stored"] = new Map();
  const make = ({ name, bytes, expected }: DocumentChange): boolean => {
    const found = stored.get(name);
    const fits =
      expected === "anything" || (expected === "absent" ? found === undefined : found?.etag === expected.etag);
    if (fits) stored.set(name, { bytes, etag: String(Number(found?.etag ?? 0) + 1) });
    return fits;
  };
  return {
    stored,
    storeType: "state.memory",
    atomic: false,
    bundles: false,
    snapshots: false,
    etagAfter(expected) {
      if (!foretells || expected === "anything") return undefined;
      return String(expected === "absent" ? 1 : Number(expected.etag) + 1);
    },
    read: (names) =>
      Promise.resolve(
        new Map(
          names.flatMap((name): [string, StoredDocument][] => {
            const found = stored.get(name);
            return found === undefined ? [] : [[name, found]];
          }),
        ),
      ),
    write: (changes) => Promise.resolve(changes.map(make).every(Boolean)),
  };
}

/** The process died: no call of it is made any more. */
export class Killed extends Error {}

/**
 * Lets a process live for some changes of single documents, then dies in the middle of whatever it does.
 *
 * @param lives - how many changes are made; each change of a write counts, so that a write may be cut in two
 * @param answerIsLost - whether the last change is made and only its answer is lost
 */
export function mortal(documents: Documents, lives: number, answerIsLost = false): Documents {
  let left = lives;
  let dead = false;
  return {
    ...documents,
    read(names) {
      return dead ? Promise.reject(new Killed()) : documents.read(names);
    },
    async write(changes) {
      let all = true;
      for (const change of changes) {
        if (dead || (left === 0 && !answerIsLost)) {
          dead = true;
          throw new Killed();
        }
        all = (await documents.write([change])) && all;
        if (left-- === 0) {
          dead = true;
          throw new Killed();
        }
      }
      return all;
    },
  };
}
