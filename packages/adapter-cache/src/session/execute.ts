import { severalKeysNotSupported } from "../commands/refusals.js";
import type { Engine } from "../engine/engine.js";
import { nullArray, type Reply } from "../resp/reply.js";
import type { Session } from "./session.js";
import { planTransaction, runInTurn, runTransaction, type Queued } from "./transaction.js";
import { wasModified, type Watches } from "./watch.js";

/** What became of an EXEC. */
export interface ExecuteOutcome {
  readonly reply: Reply;
  /** The commands that ran; none if a watched key was changed. */
  readonly executed: readonly Queued[];
}

/** An EXEC and all that belongs to it. */
export interface ExecuteRequest {
  readonly session: Session;
  readonly engine: Engine;
  readonly queue: readonly Queued[];
  /** The database at the time of EXEC. */
  readonly database: number;
  /** What was watched until now. */
  readonly watched: Watches;
  readonly settle: (outcome: ExecuteOutcome) => void;
}

/**
 * Executes a transaction as one operation: its documents and the watched ones are read, compared with what WATCH saw,
 * and committed together with the proof that those which were only read or watched are still the same.
 */
export function execute({ session, engine, queue, database, watched, settle }: ExecuteRequest): void {
  const plan = planTransaction(queue, database);
  const names = [...new Set([...plan.names, ...watched.keys()])];
  const { atomic, storeType } = engine.documents;
  if (names.length > 1 && plan.writes && !atomic) {
    settle({
      reply: severalKeysNotSupported("EXEC", storeType),
      executed: [],
    });
    return;
  }
  engine.submit({
    names,
    blind: false,
    owner: session,
    run(workspace) {
      const now = Date.now();
      const modified = [...watched].some(
        ([name, seen]) => seen === undefined || wasModified(seen, workspace, name, now),
      );
      return modified ? nullArray : runTransaction(plan, session, workspace);
    },
    settle(reply) {
      if (!Array.isArray(reply)) {
        settle({ reply, executed: [] });
        return;
      }
      // An array of replies: `Array.isArray` does not know that it may be read only.
      const done = runInTurn(plan, session, reply as readonly Reply[]);
      if (done instanceof Promise) void done.then((all) => settle({ reply: all, executed: queue }));
      else settle({ reply: done, executed: queue });
    },
  });
}
