import { randomBytes } from "node:crypto";
import { revisionBytes } from "../documents/document-format.js";

/** Revision of a tombstone that is written only to prove that a key is absent: it changes nothing that a watcher sees. */
export const neutralRevision = "\0".repeat(revisionBytes);

const processPart = randomBytes(6).toString("latin1");
let count = 0;

/** A revision that no other process and no other call gives. */
export function nextRevision(): string {
  count++;
  const counter = Buffer.alloc(6);
  counter.writeUIntBE(count, 0, 6);
  return processPart + counter.toString("latin1", 0, 6);
}
