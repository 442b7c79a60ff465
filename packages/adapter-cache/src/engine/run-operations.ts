import type { StoredDocument } from "../documents/documents.js";
import type { SplitLimits } from "../documents/parts/part-store.js";
import { ErrorReply, nullArray, type Reply } from "../resp/reply.js";
import { Groups } from "./groups.js";
import { MissingDocuments } from "./missing-documents.js";
import { MustWait } from "./must-wait.js";
import type { Operation } from "./operation.js";
import type { Waiter } from "./waiter.js";
import type { Waiters } from "./waiters.js";
import { Workspace } from "./workspace.js";

/** An operation as it ran. */
export interface Run {
  readonly operation: Operation;
  readonly reply: Reply;
  /** Whether it found nothing and goes on waiting. */
  readonly waits: boolean;
  /** What it changed. */
  readonly touched: ReadonlySet<string>;
  /** The documents that it named, those that it looked at besides, and the parts of values that it changed. */
  readonly names: readonly string[];
  /** Whether it looked at parts of values: they belong together with what names them as long as that is the same. */
  readonly readsParts: boolean;
}

/** What a run of all operations over the documents that were read came to. */
export interface Attempt {
  readonly workspace: Workspace;
  readonly groups: Groups;
  readonly runs: readonly Run[];
  /** Documents that were looked at and have to be read first; then the rest means nothing. */
  readonly missing: ReadonlySet<string>;
}

/** The documents that were read for a batch. */
export interface ReadDocuments {
  readonly names: ReadonlySet<string>;
  readonly stored: ReadonlyMap<string, StoredDocument>;
  /** How large values are split, if the store can change several documents at once; else none is. */
  readonly limits: SplitLimits | undefined;
  /** How many times more was read than was known to be needed. */
  readonly rounds: number;
}

/**
 * Runs operations in order over documents in memory. Right after one that changed a document come those that wait for
 * it, first come first, so that nobody is served before them.
 */
export function runOperations(operations: readonly Operation[], read: ReadDocuments, waiters: Waiters): Attempt {
  const names = new Set(operations.flatMap((operation) => operation.names));
  for (const name of read.names) names.add(name);
  const workspace = new Workspace(names, read);
  const groups = new Groups();
  const missing = new Set<string>();
  const runs: Run[] = [];
  const blocked = new Set<Waiter>();
  const served = new Set<Waiter>();

  const isServed = ({ waiter }: Operation): boolean => waiter !== undefined && served.has(waiter);
  const run = (operation: Operation, declared: readonly string[]): Run | undefined => {
    try {
      return runOne(operation, declared, workspace, groups);
    } catch (error) {
      if (!(error instanceof MissingDocuments)) throw error;
      // The others run all the same, to find what they need: so few rounds are enough.
      for (const name of error.names) missing.add(name);
      workspace.takeTouched();
      return undefined;
    }
  };
  const serveWaiters = (touched: ReadonlySet<string>): void => {
    if (touched.size === 0) return;
    const here = [...blocked].filter((waiter) => waiter.names.some((name) => touched.has(name)));
    for (const waiter of [...waiters.of(touched), ...here].sort((left, right) => left.order - right.order)) {
      if (served.has(waiter)) continue;
      // It named what it may look at; only what it does look at has to be right.
      const tried = run(waiter, []);
      if (tried === undefined || tried.waits) continue;
      served.add(waiter);
      runs.push(tried);
      serveWaiters(tried.touched);
    }
  };
  for (const operation of operations) {
    const done = run(operation, operation.names);
    if (done === undefined) continue;
    runs.push(done);
    if (done.waits && operation.waiter !== undefined) blocked.add(operation.waiter);
    serveWaiters(done.touched);
  }
  return { workspace, groups, runs: runs.filter(({ waits, operation }) => !(waits && isServed(operation))), missing };
}

function runOne(operation: Operation, declared: readonly string[], workspace: Workspace, groups: Groups): Run {
  workspace.begin(declared);
  let reply: Reply = nullArray;
  let waits = false;
  try {
    reply = operation.run(workspace);
  } catch (error) {
    if (error instanceof MustWait) waits = true;
    else reply = toErrorReply(error);
  }
  const touched = workspace.takeTouched();
  const names = workspace.late.size === 0 ? declared : [...declared, ...workspace.late];
  const run: Omit<Run, "names"> = { operation, reply, waits, touched, readsParts: workspace.readsParts };
  if (touched.size === 0) return { ...run, names: operation.loose === true ? [] : names };
  if (operation.loose === true) {
    groups.join([...touched]);
    return { ...run, names: [...touched] };
  }
  groups.join(names);
  // What it read but did not change decided what it changed: the commit has to find it as it was.
  for (const name of names) if (!touched.has(name)) workspace.require(name);
  return { ...run, names };
}

/** What the client is told of a failure that is no error of its own. Throws on what is none: `MissingDocuments` and `MustWait`. */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof MissingDocuments || error instanceof MustWait) throw error;
  if (error instanceof ErrorReply) return error;
  return new ErrorReply(`ERR ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
