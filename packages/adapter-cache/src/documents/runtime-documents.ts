import { MechaError } from "@mecha/spec";
import { common, daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import { isConflict } from "./conflicts.js";
import type { DocumentChange, Documents, Expectation, StoredDocument } from "./documents.js";

/** Stores of daprd that keep the promise of a transaction with ETags. Mecha's own say so by a capability. */
const atomicTypes: ReadonlySet<string> = new Set(["state.in-memory", "state.sqlite"]);

/** Capability of a store whose transactions are all or nothing, ETags included. */
const atomicCapability = "MECHA_ATOMIC";

/** The state store that holds the documents. */
export interface DocumentStore {
  readonly component: string;
  /** For example `state.sqlite`. */
  readonly type: string;
  readonly capabilities: readonly string[];
}

/** Keeps documents in a state store of the runtime, through the Dapr API. */
export function createRuntimeDocuments(transport: Transport, store: DocumentStore): Documents {
  const storeName = store.component;
  const atomic = store.capabilities.includes(atomicCapability) || atomicTypes.has(store.type);
  const readOne = async (name: string): Promise<ReadonlyMap<string, StoredDocument>> => {
    const request = { storeName, key: name, consistency: strong, metadata: {} };
    const { data, etag } = await transport.unary(daprMethods.getState, request);
    return new Map(data.length === 0 ? [] : [[name, { bytes: data, etag }]]);
  };
  const readMany = async (names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> => {
    const request = { storeName, keys: [...names], parallelism: bulkParallelism, metadata: {} };
    const items = await transport.unary(daprMethods.getBulkState, request).then((response) => response.items, tooLarge);
    const failed = items === undefined || items.some(({ error }) => error !== "");
    // One failed key of a bulk read would look absent, and a command on it would overwrite what is there.
    if (failed) return readHalves(names);
    const found = items.filter(({ data }) => data.length > 0);
    return new Map(found.map(({ key, data, etag }) => [key, { bytes: data, etag }]));
  };
  /** Documents that do not fit into one message together are read in several, in the end one by one. */
  const readHalves = async (names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> => {
    const middle = Math.ceil(names.length / 2);
    const left = await readSome(names.slice(0, middle));
    return new Map([...left, ...(await readSome(names.slice(middle)))]);
  };
  const readSome = (names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> =>
    names.length === 1 && names[0] !== undefined ? readOne(names[0]) : readMany(names);
  const save = async (changes: readonly DocumentChange[]): Promise<void> => {
    const states = changes.map(toItem);
    if (changes.length === 1 || !atomic) {
      await transport.unary(daprMethods.saveState, { storeName, states });
      return;
    }
    const operations = states.map((request) => ({ operationType: "upsert", request }));
    await transport.unary(daprMethods.executeStateTransaction, { storeName, operations, metadata: {} });
  };
  return {
    storeType: store.type,
    atomic,
    bundles: atomic,
    snapshots: atomic,
    etagAfter: (expected) => (store.type === "state.redis" ? countedUp(expected) : undefined),
    ...(atomic && { places: () => transport.statePlaces?.(storeName) }),
    read: readSome,
    async write(changes) {
      try {
        await save(changes);
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    },
  };
}

/** ETags of daprd's Redis are numbers that count the changes of a key. */
function countedUp(expected: Expectation): string | undefined {
  if (expected === "anything") return undefined;
  const next = expected === "absent" ? 1 : Number(expected.etag) + 1;
  return Number.isSafeInteger(next) ? String(next) : undefined;
}

const strong = common.StateOptions_StateConsistency.CONSISTENCY_STRONG;

/** How many keys a store without a bulk read of its own reads at once. */
const bulkParallelism = 16;

/** Documents that do not fit into one message together may fit one by one. */
function tooLarge(error: unknown): undefined {
  if (!MechaError.is(error) || error.code !== "RESOURCE_EXHAUSTED") throw error;
}

/** What Dapr's stores read as "no expiry". */
const noExpiry = -1;

function toItem({ name, bytes, expected, ttlSeconds }: DocumentChange): common.StateItem {
  const { CONCURRENCY_FIRST_WRITE, CONCURRENCY_LAST_WRITE } = common.StateOptions_StateConcurrency;
  const concurrency = expected === "anything" ? CONCURRENCY_LAST_WRITE : CONCURRENCY_FIRST_WRITE;
  return {
    key: name,
    value: bytes,
    etag: typeof expected === "object" ? { value: expected.etag } : undefined,
    // Said in any case: daprd's Redis keeps an earlier expiry unless it is told that there is none any more.
    metadata: { ttlInSeconds: String(ttlSeconds ?? noExpiry) },
    options: { concurrency, consistency: strong },
  };
}
