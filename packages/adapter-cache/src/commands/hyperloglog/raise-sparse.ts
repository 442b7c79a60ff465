import { corrupted, headerBytes } from "./layout.js";
import { raiseDense } from "./dense-registers.js";
import { encodeRun, maxSparseBytes, maxSparseValue, maxValueRun, runAt, toDense, type Run } from "./sparse-runs.js";

/** Where a register is among the runs. */
interface Found {
  readonly run: Run;
  readonly place: number;
  /** Where the run before it is; the beginning if there is none. */
  readonly previous: number;
  /** The run's first register. */
  readonly first: number;
}

/**
 * Raises a register of a sparse HyperLogLog, which becomes dense where it does not fit any more. Runs are split and merged
 * as Redis does, so that the bytes are the same.
 *
 * @returns the new bytes; `undefined` if the register was not lower
 */
export function raiseSparse(bytes: Buffer, register: number, value: number): Buffer | undefined {
  if (value > maxSparseValue) return promote(bytes, register, value);
  const found = find(bytes, register);
  const { run, place, first } = found;
  if (run.value >= value) return undefined;
  const before = register - first;
  const parts = [
    ...encodeRun(run.value, before),
    ...encodeRun(value, 1),
    ...encodeRun(run.value, run.length - before - 1),
  ];
  const growth = parts.length - run.bytes;
  if (growth > 0 && bytes.length + growth > maxSparseBytes) return promote(bytes, register, value);
  const changed = Buffer.concat([bytes.subarray(0, place), Buffer.from(parts), bytes.subarray(place + run.bytes)]);
  return merge(changed, found.previous);
}

function find(bytes: Buffer, register: number): Found {
  let [first, previous] = [0, headerBytes];
  for (let place = headerBytes; place < bytes.length; ) {
    const run = runAt(bytes, place);
    if (register < first + run.length) return { run, place, previous, first };
    previous = place;
    place += run.bytes;
    first += run.length;
  }
  throw corrupted();
}

function promote(bytes: Buffer, register: number, value: number): Buffer {
  const result = toDense(bytes);
  raiseDense(result, register, value);
  return result;
}

/** How many runs are looked at after a change. */
const mergedRuns = 5;

/** Merges neighbours of equal value around a change. */
function merge(bytes: Buffer, from: number): Buffer {
  let result = bytes;
  let place = from;
  for (let steps = 0; steps < mergedRuns && place < result.length; steps++) {
    const run = runAt(result, place);
    const next = place + 1 < result.length ? runAt(result, place + 1) : undefined;
    if (run.value > 0 && run.value === next?.value && run.length + next.length <= maxValueRun) {
      const merged = Buffer.from(encodeRun(run.value, run.length + next.length));
      result = Buffer.concat([result.subarray(0, place), merged, result.subarray(place + 2)]);
    } else place += run.bytes;
  }
  return result;
}
