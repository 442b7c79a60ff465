import type { Reply } from "../resp/reply.js";
import type { ClientSession } from "../session/client-session.js";
import type { Arguments } from "./arguments.js";

/** A command about the connection itself; it answers at once and reaches no store. */
export interface ConnectionCommand {
  /** Its name in lower case. */
  readonly name: string;
  /** How many arguments it takes, its name included; negative: at least so many. */
  readonly arity: number;
  /** How many arguments each of its subcommands takes, both names included, where it has some. */
  readonly subcommands?: ReadonlyMap<string, number>;
  /** Whether it is done at once between MULTI and EXEC, instead of being queued. @defaultValue `false` */
  readonly immediate?: boolean;
  /**
   * Whether it concerns others, or what others send: then it is done exactly once, after all that the client asked before
   * has been answered, and what comes after it waits. @defaultValue `false`
   */
  readonly inTurn?: boolean;
  run(session: ClientSession, args: Arguments): Reply | Promise<Reply>;
}
