import { MechaError } from "@mecha/spec";
import type { DocumentChange, Documents, StoredDocument } from "../documents/documents.js";
import { decodeHeld } from "./held-document.js";
import { createIntentDocuments } from "./intent-documents.js";

/** How much one call of a store may carry, with room for what is not counted: a Dapr message may have 4 MiB. */
const maxMessageBytes = 3 * 1024 * 1024;

/** What a message has of a document besides its name and its bytes, about. */
const overheadBytes = 128;

/** How long a large change may hold a document that others need, in milliseconds: it may be hundreds of messages. */
const defaultLeaseMs = 5_000;

/** How long a read goes on when its documents are held again and again, in milliseconds. */
const patienceMs = 15_000;

/** How large changes are made. */
export interface LargeWriteOptions {
  /** How many bytes go into one call. @defaultValue 3 MiB */
  readonly messageBytes?: number;
  /** As of {@link createIntentDocuments}. @defaultValue 5000 */
  readonly leaseMs?: number;
}

/**
 * Lets changes that do not fit into one message be made together on a store whose transactions are all or nothing: they
 * are held, decided and settled in several transactions, as {@link createIntentDocuments} makes them of single changes.
 * All others go to the store as they are.
 */
export function createLargeWrites(
  store: Documents,
  { messageBytes = maxMessageBytes, leaseMs = defaultLeaseMs }: LargeWriteOptions = {},
): Documents {
  const intents = createIntentDocuments(inMessages(store, messageBytes), { leaseMs });

  const read = async (names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> => {
    const startedMs = performance.now();
    for (;;) {
      const found = await store.read(names);
      const held = [...found].flatMap(([name, { bytes }]) => (decodeHeld(bytes) === undefined ? [] : [name]));
      if (held.length === 0) return found;
      if (performance.now() - startedMs > patienceMs) throw alwaysHeld(held);
      // Ends what holds them; then all are read again, so that they are of one moment.
      await intents.read(held);
    }
  };

  return {
    ...store,
    read,
    async write(changes) {
      if (changes.length === 1) return store.write(changes);
      const bytes = changes.reduce((sum, change) => sum + bytesOf(change), 0);
      return bytes > messageBytes ? intents.write(changes) : store.write(changes);
    },
  };
}

/** A store that takes more than fits into one message, part by part. */
function inMessages(store: Documents, messageBytes: number): Documents {
  return {
    ...store,
    atomic: false,
    async write(changes) {
      let areAllMade = true;
      for (const message of messagesOf(changes, messageBytes)) areAllMade = (await store.write(message)) && areAllMade;
      return areAllMade;
    },
  };
}

/** Parts of changes that fit into one message each, unless a single one does not. */
function messagesOf(changes: readonly DocumentChange[], messageBytes: number): readonly (readonly DocumentChange[])[] {
  const messages: DocumentChange[][] = [];
  let left = 0;
  for (const change of changes) {
    const bytes = bytesOf(change);
    if (messages.length === 0 || bytes > left) {
      messages.push([]);
      left = messageBytes;
    }
    messages.at(-1)?.push(change);
    left -= bytes;
  }
  return messages;
}

function bytesOf({ name, bytes }: DocumentChange): number {
  return name.length + bytes.length + overheadBytes;
}

function alwaysHeld(names: readonly string[]): MechaError {
  return new MechaError(
    "ABORTED",
    `Large changes of other processes held ${String(names.length)} cache documents during ${String(patienceMs / 1000)} seconds`,
    { operation: "cache.read" },
  );
}
