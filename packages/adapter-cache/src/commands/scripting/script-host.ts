import { createHash } from "node:crypto";
import { MechaError } from "@mecha/spec";
import { MissingDocuments } from "../../engine/missing-documents.js";
import { Undone } from "../../engine/undone.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import { redisVersion } from "../connection/redis-version.js";
import { callCommand, type ScriptScope } from "./call-command.js";
import { fromLua, toLua } from "./convert-replies.js";
import { formatGeneral, formatInteger } from "./format-number.js";
import { bitLibrary } from "./libraries/bit.js";
import { JsonLibrary } from "./libraries/cjson.js";
import { messagePackLibrary } from "./libraries/cmsgpack.js";
import { structLibrary } from "./libraries/struct.js";
import { LuaMachine, type HostFunction, type LuaModule } from "./lua-machine.js";
import { LuaError, luaNull, LuaTable, type LuaValue } from "./lua-value.js";
import { ScriptRandom } from "./random.js";
import { sandbox } from "./sandbox.js";
import type { Script } from "./script-cache.js";

/** How long a script may run, in milliseconds. */
const maxRunMs = 5_000;

/** How much memory scripts may take, in kilobytes. */
const maxKilobytes = 128 * 1024;

/** From how much memory on what scripts have left is cleared away after each, in kilobytes. */
const tidyKilobytes = 32 * 1024;

/** How many instructions of Lua run between two looks at the time and the memory. */
const watchInstructions = 1_000;

/** How many compiled scripts are kept. */
const maxCompiled = 1_000;

/** What a script is given. */
export interface ScriptInput {
  readonly keys: readonly Buffer[];
  readonly args: readonly Buffer[];
  readonly scope: ScriptScope;
  /** The same for every run of one call: a script that has to run again gets the same random numbers. */
  readonly attempt: object;
}

/** Runs scripts as Redis 7.0 does, one at a time, in a Lua that has no way out but `redis.call`. */
export class ScriptHost {
  readonly #machine: LuaMachine;
  readonly #maxRunMs: number;
  readonly #compiled = new Map<string, number>();
  readonly #json = new JsonLibrary();
  readonly #random = new ScriptRandom();
  readonly #setWatch: (instructions: number) => void;
  readonly #environment: number;
  readonly #give: number;
  readonly #explain: number;
  #scope: ScriptScope | undefined;
  #protocol: 2 | 3 = 2;
  #endMs = 0;
  /** Why the script must end, whatever it catches. */
  #ending: Error | undefined;

  /** @param runMs - how long a script may run, in milliseconds */
  constructor(module: LuaModule, runMs = maxRunMs) {
    this.#maxRunMs = runMs;
    this.#machine = new LuaMachine(module);
    this.#registerFunctions();
    const [environment = 0, give = 0, explain = 0] = this.#machine.load(sandbox, "=sandbox", 3);
    [this.#environment, this.#give, this.#explain] = [environment, give, explain];
    this.#setWatch = this.#machine.watch(() => {
      this.#checkBudget();
    });
  }

  /** Compiles a script, unless that was done before. Throws `ErrorReply` if it is no Lua. */
  compile({ sha, source }: Script): number {
    const known = this.#compiled.get(sha);
    if (known !== undefined) return known;
    if (source[0] === 27) throw new ErrorReply("ERR Error compiling script (new function): bytecode is not allowed");
    try {
      const chunk = this.#machine.compile(withoutShebang(source), "@user_script");
      this.#machine.confine(chunk, this.#environment);
      this.#compiled.set(sha, chunk);
      this.#forgetOldest();
      return chunk;
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      throw new ErrorReply(`ERR Error compiling script (new function): ${error.message}`);
    }
  }

  /** Runs a script. Throws `ErrorReply` for its errors, and on what commands throw that is none. */
  run(script: Script, { keys, args, scope, attempt }: ScriptInput): Reply {
    const chunk = this.compile(script);
    this.#scope = scope;
    this.#protocol = 2;
    this.#ending = undefined;
    this.#json.reset();
    this.#random.begin(attempt);
    this.#machine.run(this.#give, this.#explain, [LuaTable.of(keys), LuaTable.of(args)]);
    this.#endMs = performance.now() + this.#maxRunMs;
    this.#setWatch(watchInstructions);
    try {
      const value = this.#machine.run(chunk, this.#explain);
      this.#throwEnding();
      return fromLua(value, this.#protocol);
    } catch (error) {
      this.#throwEnding();
      throw error instanceof LuaError ? toReply(error, script.sha) : error;
    } finally {
      this.#setWatch(0);
      this.#scope = undefined;
      if (this.#machine.kilobytes > tidyKilobytes) this.#machine.collectGarbage();
    }
  }

  #throwEnding(): void {
    if (this.#ending !== undefined) throw this.#ending;
  }

  #checkBudget(): void {
    if (this.#ending === undefined) {
      if (performance.now() > this.#endMs)
        this.#ending = ended(`ran for more than ${String(this.#maxRunMs / 1000)} seconds`);
      else if (this.#machine.kilobytes > maxKilobytes)
        this.#ending = ended(`took more than ${String(maxKilobytes / 1024)} MB of memory`);
      else return;
    }
    // From now on at every instruction, so that a script which catches errors ends too.
    this.#setWatch(1);
    throw new LuaError("the script was ended");
  }

  #forgetOldest(): void {
    if (this.#compiled.size <= maxCompiled) return;
    const [oldest] = this.#compiled;
    if (oldest === undefined) return;
    this.#compiled.delete(oldest[0]);
    this.#machine.release(oldest[1]);
  }

  #registerFunctions(): void {
    const functions: Record<string, HostFunction> = {
      call: (args) => [this.#call(args, true)],
      pcall: (args) => [this.#call(args, false)],
      sha1hex: (args) => [sha1hex(args)],
      log: () => [],
      setresp: (args) => {
        if (args[0] !== 2 && args[0] !== 3) throw raised("ERR RESP version must be 2 or 3.");
        this.#protocol = args[0];
        return [];
      },
      error_reply: (args) => [replyTable("err", args, errorText)],
      status_reply: (args) => [replyTable("ok", args, (text) => text)],
      integer([flags, width, precision, kind, number]) {
        const text = (value: LuaValue | undefined): string => (Buffer.isBuffer(value) ? value.toString("latin1") : "");
        const form = { flags: text(flags), width: text(width), precision: text(precision), kind: text(kind) };
        return [Buffer.from(formatInteger(Number(number), form))];
      },
      random: (args) => [this.#random.random(args)],
      randomseed: (args) => {
        this.#random.seed(Number(args[0]));
        return [];
      },
    };
    const libraries = {
      cjson: this.#json.functions,
      cmsgpack: messagePackLibrary,
      struct: structLibrary,
      bit: bitLibrary,
    };
    for (const [library, members] of Object.entries(libraries))
      for (const [name, host] of Object.entries(members)) functions[`${library}_${name}`] = host;
    for (const [name, host] of Object.entries(functions)) this.#machine.register(`host_${name}`, host);
    this.#machine.define("host_null", luaNull);
    this.#machine.define("host_version", Buffer.from(redisVersion));
    this.#machine.define("host_version_number", versionNumber(redisVersion));
  }

  #call(args: readonly LuaValue[], raises: boolean): LuaValue {
    const reply = this.#attempt(args);
    const value = toLua(reply, this.#protocol);
    if (reply instanceof ErrorReply && raises) throw new LuaError(reply.message, value);
    return value;
  }

  #attempt(args: readonly LuaValue[]): Reply {
    // A script that is to end may have caught the error that ended it.
    if (this.#ending !== undefined) throw new LuaError("the script was ended");
    try {
      if (this.#scope === undefined)
        throw new MechaError("INTERNAL", "A script called a command while none was running");
      if (args.length === 0) throw new ErrorReply("ERR Please specify at least one argument for this redis lib call");
      return callCommand(this.#scope, args.map(toArgument));
    } catch (error) {
      if (error instanceof ErrorReply) return error;
      this.#ending = error instanceof Error ? error : new Error(String(error));
      this.#setWatch(1);
      throw new LuaError(error instanceof MissingDocuments ? "keys have to be read first" : String(error));
    }
  }
}

/** Makes the host of a process; loads Lua. */
export async function loadScriptHost(): Promise<ScriptHost> {
  // CommonJS: its exports are the default one to modules, and there by themselves to CommonJS.
  const library = (await import("wasmoon-lua5.1")) as unknown as LuaLibrary & { readonly default?: LuaLibrary };
  const { LuaApi } = library.default ?? library;
  const { module } = await LuaApi.initialize();
  return new ScriptHost(module);
}

/** What is used of the library. */
interface LuaLibrary {
  readonly LuaApi: { initialize(): Promise<{ readonly module: LuaModule }> };
}

function toArgument(value: LuaValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "number") return Buffer.from(formatGeneral(value, 17));
  throw new ErrorReply("ERR Lua redis lib command arguments must be strings or integers");
}

function toReply({ message, value }: LuaError, sha: string): ErrorReply {
  if (!(value instanceof LuaTable)) {
    const text = Buffer.isBuffer(value) ? value.toString("latin1") : message;
    return new ErrorReply(`ERR ${text}`);
  }
  const text = value.get("err");
  const line = value.get("line");
  const place = typeof line === "number" ? ` script: ${sha}, on @user_script:${String(line)}.` : "";
  return new ErrorReply(`${Buffer.isBuffer(text) ? text.toString("latin1") : "ERR unknown error"}${place}`);
}

/** Why a script ends in the middle: nothing that it wrote is kept. */
function ended(reason: string): Undone {
  return new Undone(new ErrorReply(`ERR the script ${reason} and was ended; nothing of it was written`));
}

/** A table with one text, as `redis.error_reply` makes it; with an error if there is not one text. */
function replyTable(field: string, args: readonly LuaValue[], change: (text: string) => string): LuaTable {
  const [text] = args;
  if (args.length === 1 && Buffer.isBuffer(text))
    return LuaTable.field(field, Buffer.from(change(text.toString("latin1")), "latin1"));
  return LuaTable.field("err", Buffer.from("ERR wrong number or type of arguments"));
}

/** An error as commands raise it: a table, to which no place is added. */
function raised(message: string): LuaError {
  return new LuaError(message, LuaTable.field("err", Buffer.from(message)));
}

/** The first word is taken for the error's code, if there are more. */
function errorText(given: string): string {
  const text = given.replace(/^-/, "").replace(/[\r\n]+$/, "");
  return text.includes(" ") ? text : `ERR ${text}`;
}

function sha1hex(args: readonly LuaValue[]): Buffer {
  const [text] = args;
  if (args.length !== 1) throw raised("ERR wrong number of arguments");
  const bytes =
    typeof text === "number" ? Buffer.from(formatGeneral(text, 14)) : Buffer.isBuffer(text) ? text : Buffer.alloc(0);
  return Buffer.from(createHash("sha1").update(bytes).digest("hex"));
}

/** A first line `#!lua …` says something about the script and is none of it. */
function withoutShebang(source: Buffer): Buffer {
  if (!source.toString("latin1", 0, 2).startsWith("#!")) return source;
  const end = source.indexOf(10);
  // The line break stays, for the numbers of lines.
  return end < 0 ? Buffer.alloc(0) : source.subarray(end);
}

function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return (major << 16) | (minor << 8) | patch;
}
