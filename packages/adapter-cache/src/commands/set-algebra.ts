import type { MemberSet } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";
import { SetReply } from "../resp/reply.js";
import { everyKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { readSet } from "./sets.js";

type Combine = (left: MemberSet, right: MemberSet) => MemberSet;

const intersect: Combine = (left, right) => {
  const members = [...left];
  right.gather?.(members);
  return new Set(members.filter((member) => right.has(member)));
};
const unite: Combine = (left, right) => new Set([...left, ...right]);
const subtract: Combine = (left, right) => {
  const members = [...left];
  right.gather?.(members);
  return new Set(members.filter((member) => !right.has(member)));
};

function combine(keyspace: Keyspace, keys: readonly Buffer[], operation: Combine): MemberSet {
  return keys.map((key) => readSet(keyspace, key)).reduce(operation);
}

function reader(name: string, operation: Combine): Command {
  return {
    name,
    arity: -2,
    keys: everyKey,
    writes: false,
    run: (keyspace, args) => new SetReply([...combine(keyspace, args.slice(1), operation)].map(toBytes)),
  };
}

function storer(name: string, operation: Combine): Command {
  return {
    name,
    arity: -3,
    keys: everyKey,
    writes: true,
    run(keyspace, args) {
      const members = new Set(combine(keyspace, args.slice(2), operation));
      if (members.size === 0) keyspace.remove(args.bytes(1));
      else keyspace.replace(args.bytes(1), { type: "set", members });
      return members.size;
    },
  };
}

/** `SINTER key…`: the members of all sets. */
export const sinter = reader("sinter", intersect);

/** `SUNION key…`: the members of any set. */
export const sunion = reader("sunion", unite);

/** `SDIFF key…`: the members of the first set that are in no other. */
export const sdiff = reader("sdiff", subtract);

/** `SINTERSTORE destination key…`: stores what SINTER replies. */
export const sinterstore = storer("sinterstore", intersect);

/** `SUNIONSTORE destination key…`: stores what SUNION replies. */
export const sunionstore = storer("sunionstore", unite);

/** `SDIFFSTORE destination key…`: stores what SDIFF replies. */
export const sdiffstore = storer("sdiffstore", subtract);
