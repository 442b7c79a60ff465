import { MechaError } from "@mecha/spec";
import { waitForSharedWork } from "../coalescing/shared-work.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";
import { dialectOf, type StoreDialect } from "./conflicts/dialects.js";

/** What must be known of a store to write to it under a condition, and to understand why it refused. */
export interface StoreProfile extends StoreDialect {
  /** The type of its component, for example `state.redis`. */
  readonly type: string;
}

/** How long the question for the stores may take, in milliseconds. */
const lookupTimeoutMs = 5_000;

const subject = { operation: "metadata.get", idempotent: true };

interface KnownStores {
  readonly profiles: Map<string, StoreProfile>;
  lookup: Promise<void> | undefined;
}

/** What was learnt of the stores behind each connection. */
const knownStores = new WeakMap<Transport, KnownStores>();

/**
 * What is known of a store: asked of the runtime once a connection (GetMetadata), when the first write with a condition is
 * made or the first error must be understood. `undefined` if the runtime does not say; it is asked again then.
 */
export function storeProfile(
  transport: Transport,
  storeName: string,
  end: CallEnd = {},
): StoreProfile | Promise<StoreProfile | undefined> {
  let known = knownStores.get(transport);
  if (known === undefined) {
    known = { profiles: new Map(), lookup: undefined };
    knownStores.set(transport, known);
  }
  return known.profiles.get(storeName) ?? lookUp(transport, known, { storeName, end });
}

async function lookUp(
  transport: Transport,
  known: KnownStores,
  { storeName, end }: { readonly storeName: string; readonly end: CallEnd },
): Promise<StoreProfile | undefined> {
  known.lookup ??= readProfiles(transport, known.profiles).finally(() => {
    known.lookup = undefined;
  });
  await waitForSharedWork(known.lookup, end);
  return known.profiles.get(storeName);
}

/** A runtime that does not answer here will not answer the write either, and that error says more. */
async function readProfiles(transport: Transport, profiles: Map<string, StoreProfile>): Promise<void> {
  try {
    // Few apps come here, and the others need not load the messages of another building block.
    const { metadataMethods } = await import("../generated/methods/metadata.js");
    const call = callOf(subject, { timeoutMs: lookupTimeoutMs });
    const { registeredComponents } = await transport.unary(metadataMethods.getMetadata, {}, call);
    for (const { name, type, capabilities } of registeredComponents) {
      if (type.startsWith("state.")) profiles.set(name, { type, ...dialectOf(type, capabilities) });
    }
  } catch {
    return;
  }
}

/**
 * Refuses an ETag that the store cannot have given. Some stores would take it for another, or for none: daprd's
 * `state.redis` deletes without a condition if the ETag is `0`.
 *
 * @throws MechaError `ETAG_INVALID`
 */
export function checkEtag(
  component: string,
  profile: StoreProfile | undefined,
  { key, etag }: { readonly key: string; readonly etag: string },
): void {
  if (etag !== "" && (profile?.etagForm === undefined || profile.etagForm.test(etag))) return;
  throw new MechaError(
    "ETAG_INVALID",
    `"${etag}" is no ETag of state store "${component}"; pass on the one that reading key "${key}" gave`,
    { component, metadata: { key } },
  );
}
