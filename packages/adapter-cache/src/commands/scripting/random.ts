import { LuaError, type LuaValue } from "./lua-value.js";

const mask = (1n << 48n) - 1n;
const max = 2 ** 31 - 1;

/** The random numbers of scripts: Redis's sequence for a seed. One script goes on where the last has stopped. */
export class ScriptRandom {
  #state = BigInt(Math.trunc(Math.random() * 2 ** 48));
  readonly #before = new WeakMap<object, bigint>();

  /** A script begins, perhaps once more. */
  begin(attempt: object): void {
    this.#state = this.#before.get(attempt) ?? this.#state;
    this.#before.set(attempt, this.#state);
  }

  /** Begins anew. */
  seed(value: number): void {
    this.#state = ((BigInt.asUintN(32, BigInt(Math.trunc(value))) << 16n) + 0x330en) & mask;
  }

  /** `math.random([m [, n]])`. */
  random(args: readonly LuaValue[]): number {
    const share = (this.#next() % max) / max;
    const bounds = args.map((arg) => Math.trunc(Number(Buffer.isBuffer(arg) ? arg.toString("latin1") : arg)));
    if (bounds.length === 0) return share;
    if (bounds.length > 2) throw new LuaError("wrong number of arguments");
    const [low = 1, high = 1] = bounds.length === 1 ? [1, bounds[0]] : bounds;
    if (low > high) throw new LuaError(`bad argument #${String(bounds.length)} to 'random' (interval is empty)`);
    return Math.floor(share * (high - low + 1)) + low;
  }

  #next(): number {
    this.#state = (this.#state * 0x5deece66dn + 0xbn) & mask;
    return Number(this.#state >> 17n);
  }
}
