import { MechaError } from "@mecha/spec";
import { DocumentReader } from "../documents/document-reader.js";
import { DocumentWriter } from "../documents/document-writer.js";

/**
 * Layout of a document that a transaction holds:
 *
 * | bytes | what |
 * |---|---|
 * | 1 | 2: no document of format 1, so that who does not know transactions refuses it |
 * | 4 + n | id of the transaction, after its length |
 * | 4 + n | the document as it was, after its length; nothing if there was none |
 * | rest | the document as it will be |
 */
const heldVersion = 2;

/** What a key's document is while a transaction that changes it is under way. */
export interface HeldDocument {
  /** Names the transaction; its record says what became of it. */
  readonly intent: string;
  /** What was stored before; `undefined` if nothing was. */
  readonly previous: Buffer | undefined;
  /** What is stored once the transaction is committed. */
  readonly next: Buffer;
}

/** Turns a held document into the bytes that are stored. */
export function encodeHeld({ intent, previous, next }: HeldDocument): Buffer {
  const writer = new DocumentWriter(intent.length + (previous?.length ?? 0) + next.length + 9);
  writer.byte(heldVersion);
  writer.text(intent);
  writer.bytes(previous ?? Buffer.alloc(0));
  writer.raw(next);
  return writer.finish();
}

/**
 * Reads a held document; `undefined` if these bytes are none.
 *
 * @throws MechaError `DATA_LOSS` for a held document that ends too early
 */
export function decodeHeld(bytes: Buffer): HeldDocument | undefined {
  if (bytes[0] !== heldVersion) return undefined;
  const reader = new DocumentReader(bytes, 1);
  const intent = reader.text();
  const previous = reader.bytes();
  const next = reader.rest();
  if (next.length === 0) throw new MechaError("DATA_LOSS", "A cache document that a transaction holds ends too early");
  return { intent, previous: previous.length === 0 ? undefined : previous, next };
}
