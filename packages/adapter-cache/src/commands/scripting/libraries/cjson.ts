import type { HostFunction } from "../lua-machine.js";
import { LuaError, type LuaValue } from "../lua-value.js";
import { JsonReader } from "./json-reader.js";
import { writeJson } from "./json-writer.js";

/** The library `cjson`; a script's settings hold until it ends. */
export class JsonLibrary {
  #encodeDepth = 1_000;
  #decodeDepth = 1_000;
  #precision = 14;

  /** Everything as it is when a script begins. */
  reset(): void {
    this.#encodeDepth = 1_000;
    this.#decodeDepth = 1_000;
    this.#precision = 14;
  }

  readonly functions: Readonly<Record<string, HostFunction>> = {
    encode: (args) => {
      if (args.length !== 1) throw new LuaError("bad argument #1 to 'encode' (expected 1 argument)");
      const options = { maxDepth: this.#encodeDepth, precision: this.#precision };
      return [Buffer.from(writeJson(args[0] ?? null, options), "latin1")];
    },
    decode: (args) => {
      if (args.length !== 1) throw new LuaError("bad argument #1 to 'decode' (expected 1 argument)");
      const [text] = args;
      if (typeof text === "number") return [text];
      if (!Buffer.isBuffer(text)) throw new LuaError("bad argument #1 to 'decode' (string expected)");
      return [new JsonReader(text, this.#decodeDepth).read()];
    },
    encode_max_depth: (args) => [(this.#encodeDepth = setting(args, this.#encodeDepth))],
    decode_max_depth: (args) => [(this.#decodeDepth = setting(args, this.#decodeDepth))],
    encode_number_precision: (args) => [(this.#precision = setting(args, this.#precision))],
  };
}

function setting(args: readonly LuaValue[], before: number): number {
  return typeof args[0] === "number" ? args[0] : before;
}
