import { headerBytes } from "./layout.js";

/** One register of a dense HyperLogLog. */
export function getDense(bytes: Buffer, register: number): number {
  const { place, shift } = locate(register);
  return (((bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8)) >> shift) & 0x3f;
}

/** Raises a register in place; says whether it was lower. */
export function raiseDense(bytes: Buffer, register: number, value: number): boolean {
  if (getDense(bytes, register) >= value) return false;
  const { place, shift } = locate(register);
  const both = (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8);
  const changed = (both & ~(0x3f << shift)) | (value << shift);
  bytes[place] = changed & 0xff;
  if (place + 1 < bytes.length) bytes[place + 1] = changed >> 8;
  return true;
}

function locate(register: number): { readonly place: number; readonly shift: number } {
  const bit = register * 6;
  return { place: headerBytes + Math.floor(bit / 8), shift: bit % 8 };
}
