import type { Transport } from "@mecha/sdk-core/protocol";
import { createIntentDocuments } from "../intents/intent-documents.js";
import { createLargeWrites } from "../intents/large-writes.js";
import type { Documents } from "./documents.js";
import { createRuntimeDocuments, type DocumentStore } from "./runtime-documents.js";

/**
 * Stores of daprd whose transactions are not all or nothing when an ETag fails, but which compare and swap one document,
 * and create one only where there is none, as they should (daprd 1.18).
 */
const typesForIntents: ReadonlySet<string> = new Set(["state.redis"]);

/** Opens the documents in a store, with transactions of our own where the store's cannot be relied on, or would be too large. */
export function openDocuments(transport: Transport, store: DocumentStore): Documents {
  const documents = createRuntimeDocuments(transport, store);
  if (documents.atomic) return createLargeWrites(documents);
  return typesForIntents.has(store.type) ? createIntentDocuments(documents) : documents;
}
