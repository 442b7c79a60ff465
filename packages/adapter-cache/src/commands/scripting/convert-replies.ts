import { formatDouble } from "../../numbers/double.js";
import {
  BooleanReply,
  DecimalReply,
  Double,
  ErrorReply,
  KeyedReply,
  MapReply,
  nullArray,
  PairsReply,
  PushReply,
  Replies,
  SetReply,
  Status,
  Verbatim,
  type Reply,
} from "../../resp/reply.js";
import { luaNull, luaOther, LuaTable, type LuaValue } from "./lua-value.js";

/** What a script sees of a reply, in the protocol that it chose. */
export function toLua(reply: Reply, protocol: 2 | 3): LuaValue {
  const convert = (each: Reply): LuaValue => toLua(each, protocol);
  if (reply === null || reply === nullArray) return protocol === 3 ? null : false;
  if (typeof reply === "string") return Buffer.from(reply);
  if (Buffer.isBuffer(reply)) return reply;
  if (typeof reply === "number" || typeof reply === "bigint") return Number(reply);
  if (reply instanceof Status) return LuaTable.field("ok", Buffer.from(reply.text, "latin1"));
  if (reply instanceof ErrorReply) return LuaTable.field("err", Buffer.from(reply.message, "latin1"));
  if (reply instanceof Double) {
    return protocol === 3 ? LuaTable.field("double", reply.value) : Buffer.from(formatDouble(reply.value));
  }
  if (reply instanceof BooleanReply) return reply.value;
  if (reply instanceof DecimalReply) return Buffer.from(reply.text);
  if (reply instanceof Verbatim) return Buffer.from(reply.text);
  if (reply instanceof MapReply)
    return protocol === 3 ? mapOf(reply.items, convert) : LuaTable.of(reply.items.map(convert));
  if (reply instanceof SetReply) {
    if (protocol === 2) return LuaTable.of(reply.items.map(convert));
    return LuaTable.field("set", new LuaTable(reply.items.map((item) => [convert(item), true])));
  }
  if (reply instanceof PairsReply) {
    return protocol === 3
      ? LuaTable.of(reply.pairs.map((pair) => LuaTable.of(pair.map(convert))))
      : LuaTable.of(reply.pairs.flat().map(convert));
  }
  if (reply instanceof KeyedReply) {
    return protocol === 3
      ? mapOf(reply.pairs.flat(), convert)
      : LuaTable.of(reply.pairs.map((pair) => LuaTable.of(pair.map(convert))));
  }
  if (reply instanceof PushReply) return LuaTable.of(reply.items.map(convert));
  if (reply instanceof Replies) return LuaTable.of(reply.replies.map(convert));
  return LuaTable.of(reply.map(convert));
}

function mapOf(items: readonly Reply[], convert: (reply: Reply) => LuaValue): LuaTable {
  const pairs: [LuaValue, LuaValue][] = [];
  for (let index = 0; index + 1 < items.length; index += 2)
    pairs.push([convert(items[index] ?? null), convert(items[index + 1] ?? null)]);
  return LuaTable.field("map", new LuaTable(pairs));
}

/**
 * What a client gets of what a script returns.
 *
 * @param protocol - what the script chose: one that knows RESP3 answers booleans as such
 */
export function fromLua(value: LuaValue, protocol: 2 | 3): Reply {
  if (value === null || value === luaOther || value === luaNull) return null;
  if (typeof value === "boolean") return protocol === 3 ? new BooleanReply(value) : value ? 1 : null;
  if (typeof value === "number") return toInteger(value);
  if (Buffer.isBuffer(value)) return value;
  return fromTable(value, protocol);
}

function fromTable(table: LuaTable, protocol: 2 | 3): Reply {
  const convert = (value: LuaValue): Reply => fromLua(value, protocol);
  const error = table.get("err");
  if (Buffer.isBuffer(error)) return new ErrorReply(error.toString("latin1"));
  const status = table.get("ok");
  if (Buffer.isBuffer(status)) return new Status(status.toString("latin1").replace(/[\r\n]/g, " "));
  const double = table.get("double");
  if (typeof double === "number") return new Double(double);
  const map = table.get("map");
  if (map instanceof LuaTable) return new MapReply(map.entries.flatMap(([key, item]) => [convert(key), convert(item)]));
  const set = table.get("set");
  if (set instanceof LuaTable) return new SetReply(set.entries.map(([member]) => convert(member)));
  const items = new Map<LuaValue, LuaValue>(table.entries);
  const replies: Reply[] = [];
  for (let index = 1; items.has(index); index++) replies.push(convert(items.get(index) ?? null));
  return replies;
}

function toInteger(value: number): bigint {
  // What does not fit becomes what processors make of it.
  if (!(Math.abs(value) < 2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}
