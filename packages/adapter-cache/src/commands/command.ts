import type { Keyspace } from "../engine/keyspace.js";
import type { Reply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";

/** Which arguments of a command are keys. */
export type KeyFinder = (args: Arguments) => readonly Buffer[];

/** A command on keys. It runs in memory over documents that were read before, and may run again after a conflict. */
export interface Command {
  /** Its name in lower case. */
  readonly name: string;
  /** How many arguments it takes, its name included; negative: at least so many. */
  readonly arity: number;
  /** How many arguments each of its subcommands takes, both names included, where it has some. */
  readonly subcommands?: ReadonlyMap<string, number>;
  readonly keys: KeyFinder;
  /** Whether it may change keys. */
  readonly writes: boolean;
  /** Whether what it reads need not be of one moment, and what it changes does not depend on the rest. @defaultValue `false` */
  readonly loose?: boolean;
  /** Whether it looks for keys in the index: then it is done when all that its client asked before is answered. @defaultValue `false` */
  readonly listsKeys?: boolean;
  /** Says whether it replaces its keys whatever they hold and cannot fail, so that nothing has to be read. @defaultValue never */
  blind?(args: Arguments): boolean;
  /**
   * Present where each key may be dealt with by itself: the command for one key, and what the replies make together.
   * Then the command works on several keys also where a store cannot change several at once.
   */
  readonly separate?: {
    readonly arguments: (key: Buffer) => readonly Buffer[];
    readonly join: (replies: readonly Reply[]) => Reply;
  };
  /** Does it. Throws `ErrorReply` as Redis would answer, `MustWait` if it blocks and finds nothing. */
  run(keyspace: Keyspace, args: Arguments): Reply;
  /** Present where it may wait for others. */
  readonly blocking?: Blocking;
  /** What has to be loaded before it can run; called for every use, before anything else. @defaultValue nothing */
  prepare?(): Promise<void> | undefined;
}

/** How a command waits. */
interface Blocking {
  /** For how long, in milliseconds: 0 for ever, `undefined` for not at all. Throws `ErrorReply` if the client says it wrongly. */
  timeoutMs(args: Arguments): number | undefined;
  /** Tries it again once it has waited: what was an error of the client may be none of its concern then. @defaultValue `run` */
  resume?(keyspace: Keyspace, args: Arguments): Reply;
}

/** The first argument is the one key. */
export const firstKey: KeyFinder = (args) => [args.bytes(1)];

/** The first two arguments are keys. */
export const firstTwoKeys: KeyFinder = (args) => [args.bytes(1), args.bytes(2)];

/** Every argument is a key. */
export const everyKey: KeyFinder = (args) => args.slice(1);

/** Every other argument is a key, the next its value. */
export const everyOtherKey: KeyFinder = (args) => args.slice(1).filter((_, index) => index % 2 === 0);

/** How the replies of a command that counts keys add up. */
export function sum(replies: readonly Reply[]): Reply {
  return replies.reduce<number>((total, reply) => total + Number(reply), 0);
}
