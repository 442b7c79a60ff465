import { LuaError, luaNull, luaOther, LuaTable, type LuaValue } from "./lua-value.js";

/** What is used of Lua's C API: functions of numbers, strings by address and length. */
export interface LuaModule {
  readonly HEAPU8: Uint8Array;
  addFunction(callback: (state: number) => number | void, signature: string): number;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _luaL_newstate(): number;
  _luaL_openlibs(state: number): void;
  _luaL_loadbuffer(state: number, bytes: number, length: number, name: number): number;
  _luaL_ref(state: number, table: number): number;
  _luaL_unref(state: number, table: number, reference: number): void;
  _luaL_where(state: number, level: number): void;
  _lua_concat(state: number, count: number): void;
  _lua_createtable(state: number, items: number, fields: number): void;
  _lua_error(state: number): number;
  _lua_gc(state: number, what: number, data: number): number;
  _lua_getfield(state: number, index: number, name: number): void;
  _lua_gettop(state: number): number;
  _lua_next(state: number, index: number): number;
  _lua_pcall(state: number, count: number, results: number, handler: number): number;
  _lua_pushboolean(state: number, value: number): void;
  _lua_pushcclosure(state: number, callback: number, values: number): void;
  _lua_pushlightuserdata(state: number, pointer: number): void;
  _lua_pushlstring(state: number, bytes: number, length: number): void;
  _lua_pushnil(state: number): void;
  _lua_pushnumber(state: number, value: number): void;
  _lua_rawgeti(state: number, index: number, key: number): void;
  _lua_rawset(state: number, index: number): void;
  _lua_setfenv(state: number, index: number): number;
  _lua_setfield(state: number, index: number, name: number): void;
  _lua_sethook(state: number, callback: number, mask: number, count: number): void;
  _lua_settop(state: number, index: number): void;
  _lua_toboolean(state: number, index: number): number;
  _lua_tolstring(state: number, index: number, length: number): number;
  _lua_tonumber(state: number, index: number): number;
  _lua_touserdata(state: number, index: number): number;
  _lua_type(state: number, index: number): number;
}

/** A function that scripts call. Throws `LuaError`. */
export type HostFunction = (args: readonly LuaValue[]) => readonly LuaValue[];

const registry = -10_000;
const globals = -10_002;
const countCommand = 3;
const collectCommand = 2;
const countMask = 8;
/** How deep tables may be within tables. */
const maxDepth = 1_000;

const types = { nil: 0, boolean: 1, pointer: 2, number: 3, string: 4, table: 5 } as const;

/** A state of Lua with its values moved to and fro. Strings are bytes on both sides. */
export class LuaMachine {
  readonly #module: LuaModule;
  readonly #state: number;
  #scratch = 0;
  #scratchBytes = 0;
  readonly #lengthAt: number;
  readonly #names = new Map<string, number>();

  constructor(module: LuaModule) {
    this.#module = module;
    this.#state = module._luaL_newstate();
    module._luaL_openlibs(this.#state);
    this.#lengthAt = module._malloc(8);
  }

  /** How many kilobytes Lua has taken. */
  get kilobytes(): number {
    return this.#module._lua_gc(this.#state, countCommand, 0);
  }

  collectGarbage(): void {
    this.#module._lua_gc(this.#state, collectCommand, 0);
  }

  /** Makes a function of this side known as a global of Lua. */
  register(name: string, host: HostFunction): void {
    const callback = this.#module.addFunction((state) => this.#call(state, host), "ii");
    this.#module._lua_pushcclosure(this.#state, callback, 0);
    this.#module._lua_setfield(this.#state, globals, this.#name(name));
  }

  /** Makes a value known as a global of Lua. */
  define(name: string, value: LuaValue): void {
    this.#push(this.#state, value);
    this.#module._lua_setfield(this.#state, globals, this.#name(name));
  }

  /** Calls back every so many instructions of Lua; what is thrown there ends what runs. */
  watch(callback: () => void): (instructions: number) => void {
    const hook = this.#module.addFunction((state) => {
      try {
        callback();
      } catch (error) {
        this.#raise(state, error);
      }
    }, "vii");
    return (instructions) => this.#module._lua_sethook(this.#state, hook, countMask, instructions);
  }

  /** Compiles a chunk; gives a reference to its function. */
  compile(source: Buffer, name: string): number {
    const { address } = this.#write(source);
    const status = this.#module._luaL_loadbuffer(this.#state, address, source.length, this.#name(name));
    if (status !== 0) throw new LuaError(this.#takeText());
    return this.#module._luaL_ref(this.#state, registry);
  }

  /** Compiles and runs a chunk that returns functions and tables; gives references to them. */
  load(source: string, name: string, results: number): number[] {
    const chunk = this.compile(Buffer.from(source), name);
    this.#module._lua_rawgeti(this.#state, registry, chunk);
    if (this.#module._lua_pcall(this.#state, 0, results, 0) !== 0) throw new LuaError(this.#takeText());
    const references = Array.from({ length: results }, () => this.#module._luaL_ref(this.#state, registry));
    return references.reverse();
  }

  /** Gives a function an environment of its own. */
  confine(chunk: number, environment: number): void {
    this.#module._lua_rawgeti(this.#state, registry, chunk);
    this.#module._lua_rawgeti(this.#state, registry, environment);
    this.#module._lua_setfenv(this.#state, -2);
    this.#module._lua_settop(this.#state, 0);
  }

  /** Lets a reference go. */
  release(reference: number): void {
    this.#module._luaL_unref(this.#state, registry, reference);
  }

  /** Calls a function; an error is what `handler` makes of it, thrown as `LuaError`. */
  run(chunk: number, handler: number, args: readonly LuaValue[] = []): LuaValue {
    const module = this.#module;
    const state = this.#state;
    module._lua_settop(state, 0);
    module._lua_rawgeti(state, registry, handler);
    module._lua_rawgeti(state, registry, chunk);
    for (const arg of args) this.#push(state, arg);
    const status = module._lua_pcall(state, args.length, 1, 1);
    const value = this.#read(state, -1, 0);
    module._lua_settop(state, 0);
    if (status !== 0) throw new LuaError("a script failed", value);
    return value;
  }

  #call(state: number, host: HostFunction): number {
    let failure: unknown;
    try {
      const args = Array.from({ length: this.#module._lua_gettop(state) }, (_, index) =>
        this.#read(state, index + 1, 0),
      );
      const results = host(args);
      for (const result of results) this.#push(state, result);
      return results.length;
    } catch (error) {
      failure = error;
    }
    return this.#raise(state, failure);
  }

  /** Raises an error in Lua; does not return, for the call is left by an exception of the machine's own. */
  #raise(state: number, error: unknown): number {
    if (error instanceof LuaError && error.value !== undefined) this.#push(state, error.value);
    else {
      this.#module._luaL_where(state, 1);
      this.#push(state, Buffer.from(error instanceof Error ? error.message : String(error), "latin1"));
      this.#module._lua_concat(state, 2);
    }
    return this.#module._lua_error(state);
  }

  #push(state: number, value: LuaValue): void {
    const module = this.#module;
    if (value === null || value === luaOther) module._lua_pushnil(state);
    else if (typeof value === "boolean") module._lua_pushboolean(state, value ? 1 : 0);
    else if (typeof value === "number") module._lua_pushnumber(state, value);
    else if (value === luaNull) module._lua_pushlightuserdata(state, 0);
    else if (Buffer.isBuffer(value)) module._lua_pushlstring(state, this.#write(value).address, value.length);
    else {
      module._lua_createtable(state, value.entries.length, 0);
      for (const [key, item] of value.entries) {
        this.#push(state, key);
        this.#push(state, item);
        module._lua_rawset(state, -3);
      }
    }
  }

  #read(state: number, index: number, depth: number): LuaValue {
    const module = this.#module;
    switch (module._lua_type(state, index)) {
      case types.nil:
        return null;
      case types.boolean:
        return module._lua_toboolean(state, index) !== 0;
      case types.number:
        return module._lua_tonumber(state, index);
      case types.string:
        return this.#bytes(state, index);
      case types.pointer:
        return module._lua_touserdata(state, index) === 0 ? luaNull : luaOther;
      case types.table:
        return this.#table(state, index, depth);
      default:
        return luaOther;
    }
  }

  #table(state: number, index: number, depth: number): LuaTable {
    const module = this.#module;
    if (depth >= maxDepth) throw new LuaError("reached lua stack limit");
    const at = index < 0 ? module._lua_gettop(state) + index + 1 : index;
    const entries: [LuaValue, LuaValue][] = [];
    module._lua_pushnil(state);
    while (module._lua_next(state, at) !== 0) {
      entries.push([this.#read(state, -2, depth + 1), this.#read(state, -1, depth + 1)]);
      module._lua_settop(state, -2);
    }
    return new LuaTable(entries);
  }

  #bytes(state: number, index: number): Buffer {
    const address = this.#module._lua_tolstring(state, index, this.#lengthAt);
    const heap = this.#module.HEAPU8;
    const length = Buffer.from(heap.buffer, heap.byteOffset + this.#lengthAt, 4).readUInt32LE();
    return Buffer.from(heap.subarray(address, address + length));
  }

  #takeText(): string {
    const text = this.#bytes(this.#state, -1).toString("latin1");
    this.#module._lua_settop(this.#state, 0);
    return text;
  }

  /** Puts bytes where Lua can read them until the next call. */
  #write(bytes: Buffer): { readonly address: number } {
    if (bytes.length > this.#scratchBytes) {
      if (this.#scratch !== 0) this.#module._free(this.#scratch);
      this.#scratchBytes = Math.max(bytes.length, 4_096);
      this.#scratch = this.#module._malloc(this.#scratchBytes);
    }
    this.#module.HEAPU8.set(bytes, this.#scratch);
    return { address: this.#scratch };
  }

  /** The address of a text that stays. */
  #name(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const address = this.#module._malloc(name.length + 1);
    this.#module.HEAPU8.set(Buffer.from(`${name}\0`, "latin1"), address);
    this.#names.set(name, address);
    return address;
  }
}
