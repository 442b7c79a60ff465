import type { Entry } from "../../documents/document.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { helpOf } from "../subcommands.js";
import { encodingOf } from "./encoding.js";

/** What REFCOUNT answers for integers below 10,000, of which Redis has one each for all keys. */
const sharedReferences = 2_147_483_647;

const answers: ReadonlyMap<string, (entry: Entry) => Reply> = new Map<string, (entry: Entry) => Reply>([
  ["encoding", ({ value }) => encodingOf(value)],
  ["refcount", countReferences],
  [
    "freq",
    () => {
      throw new ErrorReply(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
      );
    },
  ],
]);

function countReferences({ value }: Entry): Reply {
  const number = value.type === "string" ? parseInteger(value.bytes) : undefined;
  return number !== undefined && number >= 0n && number < 10_000n ? sharedReferences : 1;
}

/** `OBJECT ENCODING|FREQ|REFCOUNT key`, `OBJECT HELP`: how a value is kept. */
export const object: Command = {
  name: "object",
  arity: -2,
  subcommands: new Map([...answers.keys()].map((name) => [name, 3])),
  keys: (args) => args.slice(2, 3),
  writes: false,
  run: (keyspace: Keyspace, args: Arguments): Reply => {
    const name = args.text(1).toLowerCase();
    if (name === "help") return helpOf("OBJECT", ["ENCODING key", "FREQ key", "REFCOUNT key"]);
    const answer = answers.get(name);
    const entry = keyspace.find(args.bytes(2));
    return entry === undefined || answer === undefined ? null : answer(entry);
  },
};
