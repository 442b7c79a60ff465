import type { BusMessage } from "../channels/bus.js";
import type { Channels } from "../channels/channels.js";
import type { StoredDocument } from "../documents/documents.js";
import type { SplitLimits } from "../documents/parts/part-store.js";
import { ErrorReply, nullArray, type Reply } from "../resp/reply.js";
import { Groups } from "./groups.js";
import { MissingDocuments } from "./missing-documents.js";
import { MustWait } from "./must-wait.js";
import type { Operation } from "./operation.js";
import type { Waiter } from "./waiter.js";
import type { Waiters } from "./waiters.js";
import { Undone } from "./undone.js";
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
  /** Whether it dealt with parts of values: they belong together with what names them as long as that is the same. */
  readonly readsParts: boolean;
  /** What it publishes once it is committed. */
  readonly messages: readonly BusMessage[];
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
  /** Operations that were ended in the middle, and what their clients are told. */
  readonly undone: Map<Operation, ErrorReply>;
  /** Where messages are published once the operations that send them are committed. */
  readonly channels: Channels;
}

/**
 * Runs operations in order over documents in memory. Right after one that changed documents come those that wait for
 * them, so that nobody is served before them: one document after the other, for each first come first, and then those that
 * wait for what these changed.
 */
export function runOperations(operations: readonly Operation[], read: ReadDocuments, waiters: Waiters): Attempt {
  try {
    return runAll(operations, read, waiters);
  } catch (error) {
    if (!(error instanceof UndoneOperation)) throw error;
    // Values were changed in place: only a run from the beginning is without it.
    read.undone.set(error.operation, error.reply);
    return runOperations(operations, read, waiters);
  }
}

/** Says which operation was ended in the middle. */
class UndoneOperation extends Error {
  override readonly name = "UndoneOperation";

  constructor(
    readonly operation: Operation,
    readonly reply: ErrorReply,
  ) {
    super(reply.message);
  }
}

function runAll(operations: readonly Operation[], read: ReadDocuments, waiters: Waiters): Attempt {
  const names = new Set(operations.flatMap((operation) => operation.names));
  for (const name of read.names) names.add(name);
  const workspace = new Workspace(names, read);
  const groups = new Groups();
  const missing = new Set<string>();
  const runs: Run[] = [];
  const blocked = new Set<Waiter>();
  const served = new Set<Waiter>();

  const isServed = ({ waiter }: Operation): boolean => waiter !== undefined && served.has(waiter);
  const run = (operation: Operation, declared: readonly string[], ready?: string): Run | undefined => {
    try {
      return runOne(operation, { declared, ready, workspace, groups, undone: read.undone });
    } catch (error) {
      if (!(error instanceof MissingDocuments)) throw error;
      // The others run all the same, to find what they need: so few rounds are enough.
      for (const name of error.names) missing.add(name);
      workspace.takeTouched();
      return undefined;
    }
  };
  const serveWaiters = (touched: ReadonlySet<string>): void => {
    const next = new Set<string>();
    for (const name of touched) {
      const here = [...blocked].filter((waiter) => waiter.names.includes(name));
      for (const waiter of [...waiters.of(name), ...here].sort((left, right) => left.order - right.order)) {
        if (served.has(waiter)) continue;
        // It named what it may look at; only what it does look at has to be right.
        const tried = run(waiter, [], name);
        if (tried === undefined || tried.waits) continue;
        served.add(waiter);
        runs.push(tried);
        for (const changed of tried.touched) next.add(changed);
      }
    }
    if (next.size > 0) serveWaiters(next);
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

interface Surroundings {
  readonly declared: readonly string[];
  readonly ready: string | undefined;
  readonly workspace: Workspace;
  readonly groups: Groups;
  readonly undone: ReadDocuments["undone"];
}

function runOne(operation: Operation, { declared, ready, workspace, groups, undone }: Surroundings): Run {
  workspace.begin(declared, ready);
  let reply: Reply = nullArray;
  let waits = false;
  try {
    reply = undone.get(operation) ?? operation.run(workspace);
  } catch (error) {
    if (error instanceof Undone) throw new UndoneOperation(operation, error.reply);
    if (error instanceof MustWait) waits = true;
    else reply = toErrorReply(error);
  }
  const touched = workspace.takeTouched();
  const names = workspace.late.size === 0 ? declared : [...declared, ...workspace.late];
  const { readsParts } = workspace;
  const run: Omit<Run, "names"> = { operation, reply, waits, touched, readsParts, messages: workspace.takeMessages() };
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

/**
 * What the client is told of a failure that is no error of its own. Throws on what is none: `MissingDocuments`, `MustWait` and
 * `Undone`.
 */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof MissingDocuments || error instanceof MustWait || error instanceof Undone) throw error;
  if (error instanceof ErrorReply) return error;
  return new ErrorReply(`ERR ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
