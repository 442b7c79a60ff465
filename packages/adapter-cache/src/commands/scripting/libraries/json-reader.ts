import { LuaError, luaNull, LuaTable, type LuaValue } from "../lua-value.js";

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Reads JSON as `cjson.decode` does: bytes stay as they are, and `null` is a value of its own. */
export class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #position = 0;

  constructor(bytes: Buffer, maxDepth: number) {
    this.#text = bytes.toString("latin1");
    this.#maxDepth = maxDepth;
  }

  /** The one value that the text consists of. */
  read(): LuaValue {
    const value = this.#value(0);
    if (this.#skip() !== "") throw this.#unexpected("the end");
    return value;
  }

  #value(depth: number): LuaValue {
    const character = this.#skip();
    if (character === "{" || character === "[") {
      if (depth >= this.#maxDepth)
        throw new LuaError(
          `Found too many nested data structures (${String(depth + 1)}) at character ${String(this.#position + 1)}`,
        );
      this.#position++;
      return character === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
    }
    if (character === '"') return this.#string();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", luaNull],
    ] as const) {
      if (!this.#text.startsWith(word, this.#position)) continue;
      this.#position += word.length;
      return value;
    }
    return this.#number();
  }

  #object(depth: number): LuaTable {
    const fields = new Map<string, [LuaValue, LuaValue]>();
    if (this.#skip() === "}") return this.#end(new LuaTable([]));
    for (;;) {
      if (this.#skip() !== '"') throw this.#unexpected("object key string");
      const key = this.#string();
      if (this.#skip() !== ":") throw this.#unexpected("colon");
      this.#position++;
      fields.set(key.toString("latin1"), [key, this.#value(depth)]);
      const next = this.#skip();
      if (next === "}") return this.#end(new LuaTable([...fields.values()]));
      if (next !== ",") throw this.#unexpected("comma or object end");
      this.#position++;
    }
  }

  #array(depth: number): LuaTable {
    const items: LuaValue[] = [];
    if (this.#skip() === "]") return this.#end(new LuaTable([]));
    for (;;) {
      items.push(this.#value(depth));
      const next = this.#skip();
      if (next === "]") return this.#end(LuaTable.of(items));
      if (next !== ",") throw this.#unexpected("comma or array end");
      this.#position++;
    }
  }

  #end(table: LuaTable): LuaTable {
    this.#position++;
    return table;
  }

  #string(): Buffer {
    const start = this.#position;
    const parts: Buffer[] = [];
    for (this.#position++; ; ) {
      const stop = this.#text.slice(this.#position).search(/["\\]/);
      if (stop < 0) {
        this.#position = this.#text.length;
        throw new LuaError(
          `Expected value but found unexpected end of string at character ${String(this.#text.length + 1)}`,
        );
      }
      parts.push(Buffer.from(this.#text.slice(this.#position, this.#position + stop), "latin1"));
      this.#position += stop + 1;
      if (this.#text[this.#position - 1] === '"') return Buffer.concat(parts);
      parts.push(this.#escape(start));
    }
  }

  #escape(start: number): Buffer {
    const letter = this.#text[this.#position++] ?? "";
    const plain = escapes[letter];
    if (plain !== undefined) return Buffer.from(plain);
    const code = letter === "u" ? this.#code() : undefined;
    if (code === undefined)
      throw new LuaError(
        `Expected value but found invalid ${letter === "u" ? "unicode " : ""}escape code at character ${String(letter === "u" ? this.#position - 1 : Math.max(start, this.#position - 1))}`,
      );
    if (code < 0xd800 || code > 0xdbff) return Buffer.from(String.fromCharCode(code));
    const isPair = this.#text.startsWith("\\u", this.#position);
    this.#position += isPair ? 2 : 0;
    const low = isPair ? this.#code() : undefined;
    if (low === undefined)
      throw new LuaError(
        `Expected value but found invalid unicode escape code at character ${String(this.#position - 1)}`,
      );
    return Buffer.from(String.fromCharCode(code, low));
  }

  #code(): number | undefined {
    const digits = this.#text.slice(this.#position, this.#position + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    this.#position += 4;
    return Number.parseInt(digits, 16);
  }

  #number(): number {
    const rest = this.#text.slice(this.#position, this.#position + 400);
    const match = /^[-+]?(?:0[xX][0-9a-fA-F]+|inf(?:inity)?|nan|\d+\.?\d*(?:[eE][-+]?\d+)?)/i.exec(rest);
    if (match === null) throw this.#unexpected("value");
    this.#position += match[0].length;
    const text = match[0].toLowerCase();
    if (text.includes("inf")) return text.startsWith("-") ? -Infinity : Infinity;
    if (text.includes("nan")) return Number.NaN;
    return text.startsWith("-0x") ? -Number(text.slice(1)) : Number(text);
  }

  #skip(): string {
    while (" \t\n\r".includes(this.#text[this.#position] ?? "x")) this.#position++;
    return this.#text[this.#position] ?? "";
  }

  #unexpected(expected: string): LuaError {
    const character = this.#skip();
    const tokens: Readonly<Record<string, string>> = {
      "": "T_END",
      "{": "T_OBJ_BEGIN",
      "}": "T_OBJ_END",
      "[": "T_ARR_BEGIN",
      "]": "T_ARR_END",
      ",": "T_COMMA",
      ":": "T_COLON",
      '"': "T_STRING",
    };
    const isNumber = /[-\d]/.test(character);
    const token = tokens[character] ?? (isNumber ? "T_NUMBER" : "invalid token");
    return new LuaError(`Expected ${expected} but found ${token} at character ${String(this.#position + 1)}`);
  }
}
