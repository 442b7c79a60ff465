/** `cjson.null` and the like: a pointer to nothing. */
export const luaNull: unique symbol = Symbol("null of Lua");

/** A value of Lua that has no other form here, such as a function. */
export const luaOther: unique symbol = Symbol("other value of Lua");

/** A table of Lua, as its keys and values. */
export class LuaTable {
  constructor(readonly entries: readonly (readonly [LuaValue, LuaValue])[]) {}

  /** A table of items, counted from 1. */
  static of(items: readonly LuaValue[]): LuaTable {
    return new LuaTable(items.map((item, index) => [index + 1, item]));
  }

  /** A table with one field. */
  static field(name: string, value: LuaValue): LuaTable {
    return new LuaTable([[Buffer.from(name), value]]);
  }

  /** The value of a field by its name. */
  get(name: string): LuaValue | undefined {
    return this.entries.find(([key]) => Buffer.isBuffer(key) && key.toString("latin1") === name)?.[1];
  }
}

/** A value of Lua; strings are bytes. */
export type LuaValue = null | boolean | number | Buffer | LuaTable | typeof luaNull | typeof luaOther;

/** An error of a script; `value` is what `error` was called with. */
export class LuaError extends Error {
  override readonly name = "LuaError";

  constructor(
    message: string,
    readonly value?: LuaValue,
  ) {
    super(message);
  }
}
