import { dense, encodingPlace, registerCount } from "./layout.js";
import { getDense, raiseDense } from "./dense-registers.js";
import { murmurHash64 } from "./murmur-hash.js";
import { raiseSparse } from "./raise-sparse.js";
import { eachRun } from "./sparse-runs.js";

/** The seed of the hash in Redis. */
const seed = 0xadc83b19n;

/** Bits of a hash that choose the register; the rest decides its value. */
const registerBits = 14n;
const restBits = 50n;

/** Says whether all registers are written out. */
export function isDense(bytes: Buffer): boolean {
  return bytes[encodingPlace] === dense;
}

/** Counts an element; the new bytes, or `undefined` if nothing changed. Dense bytes are changed in place. */
export function addElement(bytes: Buffer, element: Buffer): Buffer | undefined {
  const hash = murmurHash64(element, seed);
  let rest = (hash >> registerBits) | (1n << restBits);
  let value = 1;
  for (; (rest & 1n) === 0n; rest >>= 1n) value++;
  return raise(bytes, Number(hash & BigInt(registerCount - 1)), value);
}

/** Raises a register; the new bytes, or `undefined` if it was not lower. Dense bytes are changed in place. */
export function raise(bytes: Buffer, register: number, value: number): Buffer | undefined {
  if (isDense(bytes)) return raiseDense(bytes, register, value) ? bytes : undefined;
  return raiseSparse(bytes, register, value);
}

/** Raises plain registers to those of a HyperLogLog, where they are lower. */
export function mergeInto(registers: Uint8Array, bytes: Buffer): void {
  const raiseTo = (register: number, value: number): void => {
    if (value > (registers[register] ?? 0)) registers[register] = value;
  };
  if (isDense(bytes)) {
    for (let register = 0; register < registerCount; register++) raiseTo(register, getDense(bytes, register));
  } else {
    eachRun(bytes, ({ value, length }, register) => {
      for (let index = 0; index < length; index++) raiseTo(register + index, value);
    });
  }
}
