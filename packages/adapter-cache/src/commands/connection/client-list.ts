import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply, ok, Verbatim, type Reply } from "../../resp/reply.js";
import type { ClientSession } from "../../session/client-session.js";
import { syntaxError, type Arguments } from "../arguments.js";

/** In Redis's letters: subscribed, in a transaction, waiting; or nothing of that. */
function flagsOf({ transaction, subscriptions, waits }: ClientSession): string {
  const flags = [subscriptions.active && "P", transaction !== undefined && "x", waits && "b"];
  return flags.filter((flag) => flag !== false).join("") || "N";
}

/** One line of CLIENT LIST. */
export function describeClient(session: ClientSession): string {
  const facts = {
    id: session.id,
    addr: `process:${String(process.pid)}`,
    name: session.name,
    age: Math.floor((Date.now() - session.openedMs) / 1000),
    flags: flagsOf(session),
    db: session.database,
    multi: session.transaction?.length ?? -1,
    user: "default",
    resp: session.protocol,
  };
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

const types = new Set(["normal", "master", "replica", "slave", "pubsub"]);

function typeOf(session: ClientSession): string {
  return session.subscriptions.active ? "pubsub" : "normal";
}

function readType(args: Arguments, index: number): string {
  const type = args.text(index).toLowerCase();
  if (!types.has(type)) throw new ErrorReply(`ERR Unknown client type '${args.shown(index)}'`);
  return type;
}

/** `CLIENT LIST [TYPE type | ID id…]`: the clients of this process. */
export function listClients(session: ClientSession, args: Arguments): Reply {
  let chosen = [...session.clients];
  if (args.count > 2) {
    const word = args.keyword(2);
    if (word === "TYPE" && args.count === 4) {
      const type = readType(args, 3);
      chosen = chosen.filter((each) => typeOf(each) === type);
    } else if (word === "ID" && args.count > 3) {
      const ids = new Set(args.slice(3).map((bytes) => Number(readId(bytes, "ERR Invalid client ID"))));
      chosen = chosen.filter(({ id }) => ids.has(id));
    } else throw syntaxError();
  }
  return new Verbatim(chosen.map((each) => `${describeClient(each)}\n`).join(""));
}

/** `CLIENT KILL address | [ID id] [TYPE type] [USER name] [SKIPME yes|no]…`: ends connections of this process. */
export function killClients(session: ClientSession, args: Arguments): Reply {
  if (args.count === 3) {
    const found = [...session.clients].find((each) => ` ${describeClient(each)} `.includes(` addr=${args.text(2)} `));
    if (found === undefined) throw new ErrorReply("ERR No such client");
    found.end();
    return ok;
  }
  if (args.count % 2 === 1) throw syntaxError();
  const conditions: ((each: ClientSession) => boolean)[] = [];
  let sparesSelf = true;
  for (let index = 2; index < args.count; index += 2) {
    const word = args.keyword(index);
    if (word === "ID") conditions.push(hasId(args, index + 1));
    else if (word === "TYPE") conditions.push(hasType(readType(args, index + 1)));
    else if (word === "USER") conditions.push(() => args.text(index + 1) === "default");
    else if (word === "ADDR" || word === "LADDR") conditions.push(() => false);
    else if (word === "SKIPME" && ["YES", "NO"].includes(args.keyword(index + 1))) {
      sparesSelf = args.keyword(index + 1) === "YES";
    } else throw syntaxError();
  }
  const killed = [...session.clients].filter(
    (each) => !(sparesSelf && each === session) && conditions.every((isMet) => isMet(each)),
  );
  for (const each of killed) each.end();
  return killed.length;
}

function hasId(args: Arguments, index: number): (each: ClientSession) => boolean {
  const complaint = "ERR client-id should be greater than 0";
  const id = readId(args.bytes(index), complaint);
  if (id < 1n) throw new ErrorReply(complaint);
  return (each) => BigInt(each.id) === id;
}

function readId(bytes: Buffer, complaint: string): bigint {
  const id = parseInteger(bytes);
  if (id === undefined) throw new ErrorReply(complaint);
  return id;
}

function hasType(type: string): (each: ClientSession) => boolean {
  return (each) => typeOf(each) === type;
}
