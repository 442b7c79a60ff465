import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  MechaError,
  type ComponentContext,
  type ComponentDefinition,
  type MechaErrorCode,
  type StateOperation,
  type StateRecord,
  type StateStore,
  type StateWriteResult,
} from "@mecha/spec";

/** A value as the file has it. */
interface Entry {
  readonly value: string;
  readonly etag: string;
}

/**
 * `state.json-file`: keeps state in one JSON file, for one process.
 *
 * Metadata: `path`, the file; relative to the project root.
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.json-file",
  async create(context) {
    const path = context.metadata["path"];
    if (path === undefined || path === "") {
      throw new MechaError(
        "CONFIGURATION_INVALID",
        `Component "${context.name}" (${context.type}): metadata key "path" is required`,
        // The runtime finds the line of the YAML by the key.
        { component: context.name, operation: "component.create", metadata: { key: "path" } },
      );
    }
    const file = resolve(context.baseFolder, path);
    return createStore(context, file, await readEntries(context, file));
  },
};

function createStore(context: ComponentContext, file: string, read: ReadonlyMap<string, Entry>): StateStore {
  let entries = read;
  let isClosed = false;
  let writing: Promise<unknown> = Promise.resolve();

  function refuseIfUnusable(signal: AbortSignal | undefined): void {
    if (signal?.aborted === true) throw MechaError.from(signal.reason, `State store "${context.name}"`);
    if (isClosed)
      throw new MechaError("UNAVAILABLE", `State store "${context.name}" is closed`, { component: context.name });
  }

  /** One write after another, and none is answered before the file has it. */
  function inTurn(change: (next: Map<string, Entry>) => StateWriteResult[]): Promise<StateWriteResult[]> {
    const turn = writing.then(async () => {
      const next = new Map(entries);
      const result = change(next);
      if (result.every((refused) => refused !== undefined)) return result;
      await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(next)));
      // Whoever reads the file finds all of it, or all of what it was.
      await rename(`${file}.new`, file);
      entries = next;
      return result;
    });
    writing = turn.catch(() => undefined);
    return turn;
  }

  return {
    backend: `file:${file}`,
    features: ["ETAG", "TRANSACTIONAL"],
    async get(keys, options) {
      refuseIfUnusable(options?.signal);
      return keys.map((key) => toRecord(entries.get(key)));
    },
    async write(operations, { atomic, signal }) {
      refuseIfUnusable(signal);
      for (const operation of operations) refuseMalformed(operation, context);
      return inTurn((next) =>
        operations.map((operation) => {
          const refused = apply(operation, next, context);
          // Thrown before anything is written, so that all of it or nothing is.
          if (refused !== undefined && atomic) throw refused;
          return refused;
        }),
      );
    },
    async close() {
      isClosed = true;
      await writing;
    },
  };
}

/** What no write of this store can hold is refused before anything is written. */
function refuseMalformed(operation: StateOperation, context: ComponentContext): void {
  if (operation.key === "") throw refusal("INVALID_ARGUMENT", "a key is empty", operation, context);
  if (operation.type === "set" && operation.ttlSeconds !== undefined)
    throw refusal("INVALID_ARGUMENT", `it has no TTL, but key "${operation.key}" is to have one`, operation, context);
}

function refusal(
  code: MechaErrorCode,
  problem: string,
  { key }: StateOperation,
  { name }: ComponentContext,
): MechaError {
  const details = { component: name, operation: "state.write", metadata: { key } };
  return new MechaError(code, `State store "${name}": ${problem}`, details);
}

/** Does one operation; gives why it cannot be done. */
function apply(
  operation: StateOperation,
  entries: Map<string, Entry>,
  context: ComponentContext,
): MechaError | undefined {
  const { key, etag } = operation;
  const current = entries.get(key);
  const isWrong =
    etag !== undefined && etag !== ""
      ? current?.etag !== etag
      : operation.type === "set" && operation.firstWrite === true && current !== undefined;
  if (isWrong) return refusal("ETAG_MISMATCH", `key "${key}" has changed; read it again`, operation, context);
  if (operation.type === "delete") entries.delete(key);
  else entries.set(key, { value: Buffer.from(operation.value).toString("base64"), etag: crypto.randomUUID() });
  return undefined;
}

function toRecord(entry: Entry | undefined): StateRecord | undefined {
  // New bytes each time: the caller may change them.
  return entry && { value: Buffer.from(entry.value, "base64"), etag: entry.etag };
}

async function readEntries({ name, type }: ComponentContext, file: string): Promise<ReadonlyMap<string, Entry>> {
  try {
    const text = await readFile(file, "utf8");
    return new Map(Object.entries(JSON.parse(text) as Record<string, Entry>));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw new MechaError("UNAVAILABLE", `Component "${name}" (${type}): ${file} cannot be read: ${String(cause)}`, {
      component: name,
      operation: "component.create",
      cause,
    });
  }
}
