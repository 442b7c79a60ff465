import { severalKeysNotSupported } from "../commands/refusals.js";
import type { DocumentChange, Documents, StoredDocument } from "../documents/documents.js";
import type { Channels } from "../channels/channels.js";
import type { SplitLimits } from "../documents/parts/part-store.js";
import type { KeyIndex } from "../key-index/key-index.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import type { Groups } from "./groups.js";
import type { Operation } from "./operation.js";
import { runOperations, toErrorReply, type Attempt, type ReadDocuments, type Run } from "./run-operations.js";
import type { Waiters } from "./waiters.js";
import type { Workspace } from "./workspace.js";

/** How long the operations of a batch may go on finding documents that they need besides, in milliseconds. */
const patienceMs = 10_000;

/** What a batch works with besides the store. */
export interface BatchTools {
  readonly waiters: Waiters;
  readonly index: KeyIndex;
  /** How large values are split. */
  readonly limits: SplitLimits;
  readonly channels: Channels;
  /** Names of keys whose values were seen in parts: they are read before they are replaced, so that the parts go too. */
  readonly inParts: Set<string>;
}

/**
 * Runs operations as one batch: reads their documents once, runs them in order in memory, writes what they changed, and
 * settles them, with those that waited for such a change. What they turn out to need besides is read as well, and they
 * run again.
 *
 * @returns the operations that must run again because another process changed their documents meanwhile, in order
 */
export async function runBatch<O extends Operation>(
  documents: Documents,
  operations: readonly O[],
  tools: BatchTools,
): Promise<readonly O[]> {
  const { waiters, index, channels } = tools;
  const { attempt, read } = await readAndRun(documents, operations, tools);
  const { workspace, groups, runs } = attempt;
  const own = new Set<Operation>(operations);
  const guests = runs.flatMap(({ operation }) => (own.has(operation) ? [] : (operation.waiter ?? [])));
  for (const guest of guests) guest.claim();
  const outcome = await commit(documents, workspace, groups);
  const written = new Set([...groups.members().values()].flat());
  const atOneMoment = documents.snapshots && read.rounds === 0;
  const unproven = atOneMoment ? new Set<string>() : namesToProve(runs, read.names, written);
  const stale = await changedSince(documents, unproven, read.stored);
  const misled = new Set(
    runs.filter(({ names }) => names.some((name) => stale.has(name))).map(({ operation }) => operation.owner),
  );
  const again = new Set<Operation>();
  const isStored = (name: string): boolean => workspace.entry(name) !== undefined;
  for (const [place, run] of runs.entries()) {
    const { operation, reply, waits, touched, names, messages } = run;
    noteParts(run, tools.inParts);
    const outcomes = names.map((name) => outcome.get(groups.rootOf(name)));
    const error = outcomes.find((each) => each instanceof ErrorReply);
    const isGuest = !own.has(operation);
    if (waits || (isGuest && error !== undefined)) operation.waiter?.wait();
    else if (error === undefined && outcomes.includes("conflict")) again.add(operation);
    // All that its caller read, so that nothing is older than what it saw before.
    else if (misled.has(operation.owner) && !isOvertaken(runs, place)) again.add(operation);
    else if (error !== undefined) operation.settle(error);
    else {
      const sent = messages.map(({ kind, channel, payload }) => channels.publish(kind, channel, payload));
      settleAfter(operation, reply, [touched.size === 0 ? undefined : index.record(touched, isStored), ...sent]);
    }
  }
  const missed = guests.filter((guest) => again.has(guest));
  for (const guest of missed) guest.wait();
  waiters.retry(missed);
  return operations.filter((operation) => again.has(operation));
}

/** How many keys are remembered to be in parts. */
const maxInParts = 10_000;

function noteParts({ readsParts, operation, names }: Run, inParts: Set<string>): void {
  if (!readsParts) return;
  for (const name of operation.names.length > 0 ? operation.names : names) {
    inParts.delete(name);
    inParts.add(name);
  }
  for (const oldest of inParts) {
    if (inParts.size <= maxInParts) return;
    inParts.delete(oldest);
  }
}

/** Settles an operation once its keys are in the index, and what it publishes is on its way. */
function settleAfter(
  operation: Operation,
  reply: Reply,
  waiting: readonly (Promise<unknown> | number | undefined)[],
): void {
  const promises = waiting.filter((each) => each instanceof Promise);
  if (promises.length === 0) operation.settle(reply);
  else
    Promise.all(promises).then(
      () => operation.settle(reply),
      (error: unknown) => operation.settle(toErrorReply(error)),
    );
}

interface Worked {
  readonly attempt: Attempt;
  readonly read: ReadDocuments;
}

async function readAndRun(
  documents: Documents,
  operations: readonly Operation[],
  { waiters, limits, channels, inParts }: BatchTools,
): Promise<Worked> {
  const names = namesToRead(operations, inParts);
  const stored = new Map(names.size === 0 ? [] : await documents.read([...names]));
  const split = documents.atomic ? limits : undefined;
  const read = { names, stored, limits: split, rounds: 0, undone: new Map<Operation, ErrorReply>(), channels };
  const startedMs = performance.now();
  let attempt = runOperations(operations, read, waiters);
  for (; attempt.missing.size > 0; read.rounds++) {
    if (performance.now() - startedMs > patienceMs) throw new ErrorReply("ERR too many keys were needed one by one");
    const missing = [...attempt.missing];
    for (const [name, document] of await documents.read(missing)) stored.set(name, document);
    for (const name of missing) names.add(name);
    attempt = runOperations(operations, read, waiters);
  }
  return { attempt, read };
}

/** A document that is first replaced blindly need not be read: what it held makes no difference to what follows. */
function namesToRead(operations: readonly Operation[], inParts: ReadonlySet<string>): Set<string> {
  const read = new Set<string>();
  const replaced = new Set<string>();
  for (const { names, blind } of operations) {
    for (const name of names) {
      if (blind && !inParts.has(name)) replaced.add(name);
      else if (!replaced.has(name)) read.add(name);
    }
  }
  return read;
}

/** Says whether it, or its caller afterwards, changed one of its documents: running again, it would see what came after it. */
function isOvertaken(runs: readonly Run[], index: number): boolean {
  const run = runs[index];
  if (run === undefined) return false;
  return runs
    .slice(index)
    .some(
      (later) =>
        later.touched.size > 0 &&
        later.operation.owner === run.operation.owner &&
        later.names.some((name) => run.names.includes(name)),
    );
}

/**
 * The documents that a caller saw beside others and that no write has proved: read one by one, they may show parts of
 * different moments. One document alone shows one moment, whatever others do.
 */
function namesToProve(
  runs: readonly Run[],
  read: ReadonlySet<string>,
  written: ReadonlySet<string>,
): ReadonlySet<string> {
  const seenBy = new Map<object, { readonly names: Set<string>; readsParts: boolean }>();
  for (const { operation, names, readsParts } of runs) {
    const seen = seenBy.get(operation.owner) ?? { names: new Set(), readsParts: false };
    seenBy.set(operation.owner, seen);
    for (const name of names) seen.names.add(name);
    seen.readsParts ||= readsParts;
  }
  const together = [...seenBy.values()]
    .filter(({ names: { size }, readsParts }) => size > 1 || readsParts)
    .flatMap((seen) => [...seen.names]);
  return new Set(together.filter((name) => read.has(name) && !written.has(name)));
}

/** The documents that are not as they were: those that are lay there together at one moment between both looks. */
async function changedSince(
  documents: Documents,
  names: ReadonlySet<string>,
  before: ReadonlyMap<string, StoredDocument>,
): Promise<ReadonlySet<string>> {
  if (names.size === 0) return names;
  const now = await documents.read([...names]);
  return new Set([...names].filter((name) => !isSame(before.get(name), now.get(name))));
}

/** Bytes have a revision that no other state of the key has; some stores use ETags again. */
function isSame(one: StoredDocument | undefined, other: StoredDocument | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.etag === other.etag && one.bytes.equals(other.bytes);
}

/** How much goes into one write that could be several: well within the 4 MiB that a Dapr message may have. */
const maxBytesTogether = 1024 * 1024;

type Outcome = "written" | "conflict" | ErrorReply;

/** Writes every group, and says what became of each. */
async function commit(
  documents: Documents,
  workspace: Workspace,
  groups: Groups,
): Promise<ReadonlyMap<string, Outcome>> {
  const now = Date.now();
  const members = [...groups.members()].map(([root, names]) => ({ root, changes: workspace.changes(names, now) }));
  // Only commands that found out while they ran which keys they need come so far.
  const isRefused = ({ changes }: { readonly changes: readonly DocumentChange[] }): boolean =>
    changes.length > 1 && !documents.atomic;
  const refused = members
    .filter(isRefused)
    .map(({ root }): [string, Outcome] => [root, severalKeysNotSupported("a change", documents.storeType)]);
  const pending = members.filter((group) => !isRefused(group));
  const all = pending.flatMap(({ changes }) => changes);
  const bytes = all.reduce((sum, change) => sum + change.bytes.length, 0);
  if (documents.bundles && pending.length > 1 && bytes <= maxBytesTogether) {
    const together = await write(documents, all);
    if (together !== "conflict") return new Map([...refused, ...pending.map(({ root }) => [root, together] as const)]);
  }
  // One conflict shall not hold up the others: each group by itself.
  const outcomes = await Promise.all(
    pending.map(async ({ root, changes }) => [root, await write(documents, changes)] as const),
  );
  return new Map([...refused, ...outcomes]);
}

async function write(documents: Documents, changes: readonly DocumentChange[]): Promise<Outcome> {
  if (changes.length === 0) return "written";
  try {
    return (await documents.write(changes)) ? "written" : "conflict";
  } catch (error) {
    return toErrorReply(error);
  }
}
