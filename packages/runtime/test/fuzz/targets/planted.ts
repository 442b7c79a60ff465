import { MechaError } from "@mecha/spec";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { checkFailure, checkText } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";

/** What is wrong with a target for one kind of input. */
export type Fault =
  | "bug"
  | "buried bug"
  | "crash"
  | "endless loop"
  | "escape"
  | "gluttony"
  | "leak"
  | "no answer"
  | "pollution"
  | "rejection"
  | "stack trace";

const kept: Buffer[] = [];
const hoard: number[][] = [];

/** A target with a fault that shows for inputs from 500 on. */
export function planted(fault: Fault): FuzzTarget<number> {
  return {
    inputs: () => fc.nat(1000),
    open: ({ folder }) =>
      Promise.resolve({
        run: async (input) => (input < 500 ? undefined : faulty[fault](folder)),
        close: () => Promise.resolve(),
      }),
  };
}

const faulty: Readonly<Record<Fault, (folder: string) => Promise<void> | void>> = {
  bug() {
    checkFailure(new TypeError("x is not a function"));
  },
  "buried bug"() {
    checkFailure(MechaError.from(new TypeError("no words"), "The call failed"));
  },
  crash() {
    process.exit(3);
  },
  "endless loop"() {
    for (;;);
  },
  escape: (folder) => writeFile(join(folder, "../escaped"), "here"),
  gluttony() {
    // More than the process has.
    for (;;) hoard.push(new Array<number>(1_000_000).fill(hoard.length));
  },
  leak() {
    kept.push(Buffer.alloc(1024 * 1024));
  },
  "no answer": () => new Promise<void>(() => undefined),
  pollution() {
    Object.assign(Object.prototype, { polluted: true });
  },
  rejection() {
    void Promise.reject(new Error("nobody hears this"));
  },
  "stack trace"() {
    checkText(String(new Error("failed").stack), false);
  },
};
