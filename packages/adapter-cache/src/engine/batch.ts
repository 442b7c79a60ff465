import type { DocumentChange, Documents } from "../documents/documents.js";
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
  const stored = read.size === 0 ? new Map() : await documents.read([...read]);
  const workspace = new Workspace(
    operations.flatMap(({ names }) => names),
    read,
    stored,
  );
  const groups = new Groups();
  const replies = operations.map((operation) => runOne(operation, workspace, groups));
  const outcome = await commit(documents, workspace, groups);
  return operations.filter((operation, index) => {
    const outcomes = operation.names.map((name) => outcome.get(groups.rootOf(name)));
    const error = outcomes.find((each) => each instanceof ErrorReply);
    if (error === undefined && outcomes.includes("conflict")) return true;
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

function runOne(operation: Operation, workspace: Workspace, groups: Groups): Reply {
  let reply: Reply;
  try {
    reply = operation.run(workspace);
  } catch (error) {
    reply = toErrorReply(error);
  }
  const touched = workspace.takeTouched();
  if (touched.size === 0) return reply;
  groups.join(operation.names);
  // What it read but did not change decided what it changed: the commit has to find it as it was.
  for (const name of operation.names) if (!touched.has(name)) workspace.require(name);
  return reply;
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
  if (documents.atomic && pending.length > 1 && bytes <= maxBytesTogether) {
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
