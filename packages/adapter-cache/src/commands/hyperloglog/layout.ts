import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply } from "../../resp/reply.js";
import { readString } from "../strings.js";

/**
 * A HyperLogLog is a string of Redis's own layout: `HYLL`, a byte for the encoding, three unused, the last estimate as 8
 * bytes little-endian (its highest bit says that it is out of date), and 16,384 registers of up to 6 bits: dense, one
 * after the other from the lowest bit on, or sparse, as runs.
 */
export const registerCount = 16_384;

/** Where the registers begin. */
export const headerBytes = 16;

/** Where the encoding stands. */
export const encodingPlace = 4;

/** The encoding's number: all registers, or runs of them. */
export const dense = 0;
const sparse = 1;

const estimatePlace = 8;
const staleMark = 0x80;
const magic = Buffer.from("HYLL");
const registersBytes = (registerCount * 6) / 8;

/** A new HyperLogLog that has counted nothing. */
export function createHyperLogLog(): Buffer {
  const bytes = Buffer.alloc(headerBytes + 2);
  magic.copy(bytes);
  bytes[encodingPlace] = sparse;
  bytes.writeUInt16BE(0x7fff, headerBytes);
  return bytes;
}

/** A dense HyperLogLog without anything in it, with the header of another. */
export function createDense(header: Buffer): Buffer {
  const bytes = Buffer.alloc(headerBytes + registersBytes);
  header.copy(bytes, 0, 0, headerBytes);
  bytes[encodingPlace] = dense;
  return bytes;
}

/** The HyperLogLog of a key; throws WRONGTYPE if it holds something else. */
export function readHyperLogLog(keyspace: Keyspace, key: Buffer): Buffer | undefined {
  const bytes = readString(keyspace, key);
  if (bytes === undefined) return undefined;
  const encoding = bytes[encodingPlace] ?? -1;
  const isValid =
    bytes.length >= headerBytes &&
    bytes.subarray(0, magic.length).equals(magic) &&
    (encoding === sparse || (encoding === dense && bytes.length === headerBytes + registersBytes));
  if (!isValid) throw new ErrorReply("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return bytes;
}

/** What Redis says of registers that make no sense. */
export function corrupted(): ErrorReply {
  return new ErrorReply("INVALIDOBJ Corrupted HLL object detected");
}

/** The estimate that is stored; `undefined` if it is out of date. */
export function storedEstimate(bytes: Buffer): bigint | undefined {
  const isStale = ((bytes[estimatePlace + 7] ?? 0) & staleMark) !== 0;
  return isStale ? undefined : bytes.readBigUInt64LE(estimatePlace);
}

/** Stores an estimate in place. */
export function storeEstimate(bytes: Buffer, estimate: bigint): void {
  bytes.writeBigUInt64LE(estimate, estimatePlace);
}

/** Says, in place, that the estimate is out of date. */
export function forgetEstimate(bytes: Buffer): void {
  bytes[estimatePlace + 7] = (bytes[estimatePlace + 7] ?? 0) | staleMark;
}
