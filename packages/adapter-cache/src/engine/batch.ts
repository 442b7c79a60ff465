import type { DocumentChange, Documents, StoredDocument } from "../documents/documents.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { Groups } from "./groups.js";
import type { Operation } from "./operation.js";
import { Workspace } from "./workspace.js";

/**
 * Runs operations as one batch: reads their documents once, runs them in order in memory, writes what they changed, and
 * settles them.
 *
 * @returns the operations that must run again because another process changed their documents meanwhile, in order
 */
export async function runBatch<O extends Operation>(
  documents: Documents,
  operations: readonly O[],
): Promise<readonly O[]> {
  const read = namesToRead(operations);
  const stored = read.size === 0 ? new Map<string, StoredDocument>() : await documents.read([...read]);
  const workspace = new Workspace(
    operations.flatMap(({ names }) => names),
    read,
    stored,
  );
  const groups = new Groups();
  const writers = new Set<O>();
  const replies = operations.map((operation) => {
    const { reply, wrote } = runOne(operation, workspace, groups);
    if (wrote) writers.add(operation);
    return reply;
  });
  const outcome = await commit(documents, workspace, groups);
  const written = new Set([...groups.members().values()].flat());
  const unproven = documents.snapshots ? new Set<string>() : namesToProve(operations, read, written);
  const stale = await changedSince(documents, unproven, stored);
  const misled = new Set(
    operations.filter(({ names }) => names.some((name) => stale.has(name))).map((each) => each.owner),
  );
  return operations.filter((operation, index) => {
    const outcomes = operation.names.map((name) => outcome.get(groups.rootOf(name)));
    const error = outcomes.find((each) => each instanceof ErrorReply);
    if (error === undefined && outcomes.includes("conflict")) return true;
    // All that its caller read, so that nothing is older than what it saw before.
    if (misled.has(operation.owner) && !isOvertaken(operation, operations.slice(index), writers)) return true;
    operation.settle(error ?? replies[index] ?? null);
    return false;
  });
}

/** A document that is first replaced blindly need not be read: what it held makes no difference to what follows. */
function namesToRead(operations: readonly Operation[]): ReadonlySet<string> {
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
function isOvertaken<O extends Operation>(
  { owner, names }: O,
  later: readonly O[],
  writers: ReadonlySet<Operation>,
): boolean {
  return later.some(
    (other) => other.owner === owner && writers.has(other) && other.names.some((name) => names.includes(name)),
  );
}

function runOne(operation: Operation, workspace: Workspace, groups: Groups): { reply: Reply; wrote: boolean } {
  let reply: Reply;
  try {
    reply = operation.run(workspace);
  } catch (error) {
    reply = toErrorReply(error);
  }
  const touched = workspace.takeTouched();
  if (touched.size === 0) return { reply, wrote: false };
  groups.join(operation.names);
  // What it read but did not change decided what it changed: the commit has to find it as it was.
  for (const name of operation.names) if (!touched.has(name)) workspace.require(name);
  return { reply, wrote: true };
}

/**
 * The documents that a caller saw beside others and that no write has proved: read one by one, they may show parts of
 * different moments. One document alone shows one moment, whatever others do.
 */
function namesToProve(
  operations: readonly Operation[],
  read: ReadonlySet<string>,
  written: ReadonlySet<string>,
): ReadonlySet<string> {
  const seenBy = new Map<object, Set<string>>();
  for (const { owner, names } of operations) {
    const seen = seenBy.get(owner) ?? new Set();
    seenBy.set(owner, seen);
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
  const pending = [...groups.members()].map(([root, names]) => ({ root, changes: workspace.changes(names, now) }));
  const all = pending.flatMap(({ changes }) => changes);
  const bytes = all.reduce((sum, change) => sum + change.bytes.length, 0);
  if (documents.bundles && pending.length > 1 && bytes <= maxBytesTogether) {
    const together = await write(documents, all);
    if (together !== "conflict") return new Map(pending.map(({ root }) => [root, together]));
  }
  // One conflict shall not hold up the others: each group by itself.
  const outcomes = await Promise.all(
    pending.map(async ({ root, changes }) => [root, await write(documents, changes)] as const),
  );
  return new Map(outcomes);
}

async function write(documents: Documents, changes: readonly DocumentChange[]): Promise<Outcome> {
  if (changes.length === 0) return "written";
  try {
    return (await documents.write(changes)) ? "written" : "conflict";
  } catch (error) {
    return toErrorReply(error);
  }
}

/** What the client is told of a failure that is no error of its own. */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof ErrorReply) return error;
  return new ErrorReply(`ERR ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
