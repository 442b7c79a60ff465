import type { Arguments } from "../commands/arguments.js";
import type { Command } from "../commands/command.js";
import type { ConnectionCommand } from "../commands/connection-command.js";
import { databases } from "../commands/databases.js";
import { documentName } from "../documents/key-name.js";
import { toErrorReply } from "../engine/run-operations.js";
import { MustWait } from "../engine/must-wait.js";
import { Keyspace } from "../engine/keyspace.js";
import type { Workspace } from "../engine/workspace.js";
import { parseInteger } from "../numbers/integer.js";
import type { Reply } from "../resp/reply.js";
import type { Session } from "./session.js";

/** A command between MULTI and EXEC. */
export interface Queued {
  readonly args: Arguments;
  readonly queuedAtMs: number;
  readonly key?: Command;
  readonly connection?: ConnectionCommand;
}

/** A queued command with the database in which it will run. */
interface Step extends Queued {
  readonly database: number;
}

/** The commands of a transaction, ready to run. */
export interface TransactionPlan {
  readonly steps: readonly Step[];
  /** The documents that they name. */
  readonly names: readonly string[];
  /** Whether any of them may change keys. */
  readonly writes: boolean;
}

/** Finds what a transaction touches; SELECT between its commands changes the database of those that follow. */
export function planTransaction(queue: readonly Queued[], startDatabase: number): TransactionPlan {
  let database = startDatabase;
  const steps = queue.map((queued): Step => {
    const step = { ...queued, database };
    if (queued.connection?.name === "select") database = selected(queued.args) ?? database;
    return step;
  });
  const names = steps.flatMap(({ key, args, database: at }) =>
    key === undefined ? [] : key.keys(args).map((bytes) => documentName(at, bytes.toString("latin1"))),
  );
  return { steps, names: [...new Set(names)], writes: steps.some(({ key }) => key?.writes === true) };
}

/**
 * Runs the commands one after the other; one that fails does not stop the others, as in Redis. Those that concern other
 * clients come later, by `runInTurn`: these runs may be in vain.
 */
export function runTransaction({ steps }: TransactionPlan, session: Session, workspace: Workspace): Reply {
  const now = Date.now();
  return steps.map((step) => {
    try {
      if (step.key !== undefined) return step.key.run(new Keyspace(workspace, step.database, now), step.args);
      if (step.connection === undefined || step.connection.inTurn === true) return null;
      // Only those that are done in turn give promises.
      return step.connection.run(session, step.args) as Reply;
    } catch (error) {
      // Nobody waits inside a transaction.
      return error instanceof MustWait ? error.otherwise : toErrorReply(error);
    }
  });
}

/** Does what concerns other clients, once the transaction is committed, and puts the replies into their places. */
export function runInTurn(
  { steps }: TransactionPlan,
  session: Session,
  replies: readonly Reply[],
): Reply | Promise<Reply> {
  if (!steps.some(({ connection }) => connection?.inTurn === true)) return replies;
  const all = steps.map(async ({ connection, args }, index): Promise<Reply> => {
    if (connection?.inTurn !== true) return replies[index] ?? null;
    try {
      return await connection.run(session, args);
    } catch (error) {
      return toErrorReply(error);
    }
  });
  return Promise.all(all);
}

function selected(args: Arguments): number | undefined {
  const index = parseInteger(args.bytes(1));
  return index !== undefined && index >= 0n && index < BigInt(databases) ? Number(index) : undefined;
}
