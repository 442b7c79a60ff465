import { corrupted, createDense, headerBytes, registerCount } from "./layout.js";
import { raiseDense } from "./dense-registers.js";

/** Registers of equal value, one after the other. */
export interface Run {
  /** 0, or at most 32. */
  readonly value: number;
  readonly length: number;
  /** How many bytes stand for it. */
  readonly bytes: 1 | 2;
}

/** The longest run of zeros in one byte. */
const maxShortZeros = 64;

/** The longest run of a value. */
export const maxValueRun = 4;

/** The highest value that a run can have. */
export const maxSparseValue = 32;

/** The longest sparse HyperLogLog, as Redis's `hll-sparse-max-bytes`. */
export const maxSparseBytes = 3000;

/** The run at a place. */
export function runAt(bytes: Buffer, place: number): Run {
  const first = bytes[place] ?? 0;
  if (first >= 0x80) return { value: ((first >> 2) & 0x1f) + 1, length: (first & 3) + 1, bytes: 1 };
  if (first >= 0x40) return { value: 0, length: (((first & 0x3f) << 8) | (bytes[place + 1] ?? 0)) + 1, bytes: 2 };
  return { value: 0, length: first + 1, bytes: 1 };
}

/** The bytes of a run; none if it is empty. */
export function encodeRun(value: number, length: number): number[] {
  if (length === 0) return [];
  if (value > 0) return [0x80 | ((value - 1) << 2) | (length - 1)];
  if (length <= maxShortZeros) return [length - 1];
  return [0x40 | ((length - 1) >> 8), (length - 1) & 0xff];
}

/** Calls back with every run that is not zero, and its first register; throws if the runs are not all registers. */
export function eachRun(bytes: Buffer, visit: (run: Run, register: number) => void): void {
  let register = 0;
  for (let place = headerBytes; place < bytes.length; ) {
    const run = runAt(bytes, place);
    if (register + run.length > registerCount) throw corrupted();
    if (run.value > 0) visit(run, register);
    register += run.length;
    place += run.bytes;
  }
  if (register !== registerCount) throw corrupted();
}

/** The dense form of a sparse HyperLogLog. */
export function toDense(bytes: Buffer): Buffer {
  const result = createDense(bytes);
  eachRun(bytes, ({ value, length }, register) => {
    for (let index = 0; index < length; index++) raiseDense(result, register + index, value);
  });
  return result;
}
