import type { HostFunction } from "../lua-machine.js";
import { LuaError, type LuaValue } from "../lua-value.js";

/** A number as the 32 bits that bit operations see. */
function toBits(args: readonly LuaValue[], index: number, name: string): number {
  const arg = args[index];
  const value = Buffer.isBuffer(arg) ? Number(arg.toString("latin1")) : arg;
  if (typeof value !== "number" || Number.isNaN(value))
    throw new LuaError(`bad argument #${String(index + 1)} to '${name}' (number expected, got no value)`);
  return Number(BigInt.asIntN(32, BigInt(roundHalfEven(value))));
}

function roundHalfEven(value: number): number {
  if (!Number.isFinite(value)) return 0;
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function folding(name: string, combine: (left: number, right: number) => number): HostFunction {
  return (args) => [args.map((_, index) => toBits(args, index, name)).reduce(combine)];
}

function shifting(name: string, shift: (value: number, amount: number) => number): HostFunction {
  return (args) => [shift(toBits(args, 0, name), toBits(args, 1, name) & 31)];
}

/** The library `bit`. */
export const bitLibrary: Readonly<Record<string, HostFunction>> = {
  tobit: (args) => [toBits(args, 0, "tobit")],
  bnot: (args) => [~toBits(args, 0, "bnot")],
  band: folding("band", (left, right) => left & right),
  bor: folding("bor", (left, right) => left | right),
  bxor: folding("bxor", (left, right) => left ^ right),
  lshift: shifting("lshift", (value, amount) => value << amount),
  rshift: shifting("rshift", (value, amount) => (value >>> amount) | 0),
  arshift: shifting("arshift", (value, amount) => value >> amount),
  rol: shifting("rol", (value, amount) => (value << amount) | (value >>> ((32 - amount) % 32))),
  ror: shifting("ror", (value, amount) => (value >>> amount) | (value << ((32 - amount) % 32))),
  bswap(args) {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32LE(toBits(args, 0, "bswap"));
    return [buffer.readInt32BE()];
  },
  tohex(args) {
    const digits = args.length > 1 ? toBits(args, 1, "tohex") : 8;
    const text = (toBits(args, 0, "tohex") >>> 0).toString(16).padStart(8, "0");
    const shown = text.slice(-Math.min(Math.abs(digits), 8));
    return [Buffer.from(digits < 0 ? shown.toUpperCase() : shown)];
  },
};
