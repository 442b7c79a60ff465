import type { DocumentChange, Documents, StoredDocument } from "../documents/documents.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { Groups } from "./groups.js";
import { MissingDocuments } from "./missing-documents.js";
import type { Operation } from "./operation.js";
import { Workspace } from "./workspace.js";

/** An operation as it ran. */
interface Run<O> {
  readonly operation: O;
  readonly reply: Reply;
  readonly wrote: boolean;
  /** The documents that it named, and those that it looked at besides. */
  readonly names: readonly string[];
}

/** What a run of all operations over the documents that were read came to. */
interface Attempt<O> {
  readonly workspace: Workspace;
  readonly groups: Groups;
  readonly runs: readonly Run<O>[];
  /** Documents that were looked at and have to be read first; then the rest means nothing. */
  readonly missing: ReadonlySet<string>;
}

/** How long the operations of a batch may go on finding documents that they need besides, in milliseconds. */
const patienceMs = 10_000;

/**
 * Runs operations as one batch: reads their documents once, runs them in order in memory, writes what they changed, and
 * settles them. What they turn out to need besides is read as well, and they run again.
 *
 * @returns the operations that must run again because another process changed their documents meanwhile, in order
 */
export async function runBatch<O extends Operation>(
  documents: Documents,
  operations: readonly O[],
): Promise<readonly O[]> {
  const read = namesToRead(operations);
  const stored = new Map(read.size === 0 ? [] : await documents.read([...read]));
  const startedMs = performance.now();
  let attempt = runAll(operations, read, stored);
  let rounds = 0;
  for (; attempt.missing.size > 0; rounds++) {
    if (performance.now() - startedMs > patienceMs) throw new ErrorReply("ERR too many keys were needed one by one");
    const missing = [...attempt.missing];
    for (const [name, document] of await documents.read(missing)) stored.set(name, document);
    for (const name of missing) read.add(name);
    attempt = runAll(operations, read, stored);
  }
  const { workspace, groups, runs } = attempt;
  const outcome = await commit(documents, workspace, groups);
  const written = new Set([...groups.members().values()].flat());
  const atOneMoment = documents.snapshots && rounds === 0;
  const unproven = atOneMoment ? new Set<string>() : namesToProve(runs, read, written);
  const stale = await changedSince(documents, unproven, stored);
  const misled = new Set(
    runs.filter(({ names }) => names.some((name) => stale.has(name))).map(({ operation }) => operation.owner),
  );
  const again = runs.filter(({ operation, reply, names }, index) => {
    const outcomes = names.map((name) => outcome.get(groups.rootOf(name)));
    const error = outcomes.find((each) => each instanceof ErrorReply);
    if (error === undefined && outcomes.includes("conflict")) return true;
    // All that its caller read, so that nothing is older than what it saw before.
    if (misled.has(operation.owner) && !isOvertaken(runs, index)) return true;
    operation.settle(error ?? reply);
    return false;
  });
  return again.map(({ operation }) => operation);
}

function runAll<O extends Operation>(
  operations: readonly O[],
  read: ReadonlySet<string>,
  stored: ReadonlyMap<string, StoredDocument>,
): Attempt<O> {
  const names = new Set(operations.flatMap((operation) => operation.names));
  for (const name of read) names.add(name);
  const workspace = new Workspace(names, read, stored);
  const groups = new Groups();
  const missing = new Set<string>();
  const runs: Run<O>[] = [];
  for (const operation of operations) {
    try {
      runs.push(runOne(operation, workspace, groups));
    } catch (error) {
      if (!(error instanceof MissingDocuments)) throw error;
      // The others run all the same, to find what they need: so few rounds are enough.
      for (const name of error.names) missing.add(name);
      workspace.takeTouched();
    }
  }
  return { workspace, groups, runs, missing };
}

/** A document that is first replaced blindly need not be read: what it held makes no difference to what follows. */
function namesToRead(operations: readonly Operation[]): Set<string> {
  const read = new Set<string>();
  const replaced = new Set<string>();
  for (const { names, blind } of operations) {
    for (const name of names) {
      if (blind) replaced.add(name);
      else if (!replaced.has(name)) read.add(name);
    }
  }
  return read;
}

/** Says whether it, or its caller afterwards, changed one of its documents: running again, it would see what came after it. */
function isOvertaken(runs: readonly Run<Operation>[], index: number): boolean {
  const run = runs[index];
  if (run === undefined) return false;
  return runs
    .slice(index)
    .some(
      (later) =>
        later.wrote &&
        later.operation.owner === run.operation.owner &&
        later.names.some((name) => run.names.includes(name)),
    );
}

function runOne<O extends Operation>(operation: O, workspace: Workspace, groups: Groups): Run<O> {
  workspace.begin(operation.names);
  let reply: Reply;
  try {
    reply = operation.run(workspace);
  } catch (error) {
    reply = toErrorReply(error);
  }
  const touched = workspace.takeTouched();
  const names = workspace.late.size === 0 ? operation.names : [...operation.names, ...workspace.late];
  if (touched.size === 0) return { operation, reply, wrote: false, names };
  groups.join(names);
  // What it read but did not change decided what it changed: the commit has to find it as it was.
  for (const name of names) if (!touched.has(name)) workspace.require(name);
  return { operation, reply, wrote: true, names };
}

/**
 * The documents that a caller saw beside others and that no write has proved: read one by one, they may show parts of
 * different moments. One document alone shows one moment, whatever others do.
 */
function namesToProve(
  runs: readonly Run<Operation>[],
  read: ReadonlySet<string>,
  written: ReadonlySet<string>,
): ReadonlySet<string> {
  const seenBy = new Map<object, Set<string>>();
  for (const { operation, names } of runs) {
    const seen = seenBy.get(operation.owner) ?? new Set();
    seenBy.set(operation.owner, seen);
    for (const name of names) seen.add(name);
  }
  const together = [...seenBy.values()].filter(({ size }) => size > 1).flatMap((names) => [...names]);
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
    .map(({ root }): [string, Outcome] => [
      root,
      new ErrorReply(`ERR a change of several keys is not supported by Mecha on ${documents.storeType}`),
    ]);
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

/** What the client is told of a failure that is no error of its own. Throws `MissingDocuments` on: it is none. */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof MissingDocuments) throw error;
  if (error instanceof ErrorReply) return error;
  return new ErrorReply(`ERR ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
