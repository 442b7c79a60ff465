import { randomUUID } from "node:crypto";
import { MechaError, type StateOperation, type StateRecord, type StateStore } from "@mecha/spec";
import type { Clock } from "./clock.js";
import { isGone, type ProcessIdentity } from "./machine.js";
import { decodeLease, documentMetadata, encodeLease, type LeaseDocument } from "./scheduler-documents.js";

/** How long a holder that is not heard of keeps the lease, in milliseconds. */
const leaseMs = 30_000;

/** How often a holder renews it, in milliseconds. */
export const renewalMs = 10_000;

/** How to take the lease of an app's scheduler. */
export interface LeaseOptions {
  readonly store: StateStore;
  /** Name of the state store, for messages. */
  readonly storeName: string;
  readonly key: string;
  readonly self: ProcessIdentity;
  /** Name of the socket at which this process will take calls. */
  readonly socket: string;
  readonly clock: Clock;
}

/** The right of this process to run the scheduler of an app. Whoever changes what is scheduled shows it with each change. */
export interface HeldLease {
  /** Who had it before and did not give it back. */
  readonly replaced: LeaseDocument | undefined;
  /** Whether nobody else can have taken it yet, by the clock. */
  readonly isFresh: boolean;
  /**
   * The change that renews the lease, to be written in one transaction with others: none of them is made once somebody else
   * has taken the lease. `undefined` if somebody has.
   */
  renewal(): Promise<StateOperation | undefined>;
  /** Gives the lease back, unless somebody else has it. */
  release(): Promise<void>;
}

/**
 * Takes the lease for this process; gives who has it, if that is another process of this machine which lives.
 *
 * @throws MechaError `FAILED_PRECONDITION` if another machine has it: one runtime for several machines is daprd's.
 */
export async function takeLease(options: LeaseOptions): Promise<HeldLease | LeaseDocument> {
  const { store, key, self, socket, clock } = options;
  const nonce = randomUUID();
  for (;;) {
    const [record] = await store.get([key]);
    const holder = record && decodeLease(record.value);
    if (holder !== undefined && holder.expiresAtMs > clock.now() && !isGone(holder, self)) {
      if (holder.machineId === self.machineId) return holder;
      throw heldElsewhere(options, holder);
    }
    const expiresAtMs = clock.now() + leaseMs;
    const value = encodeLease({ ...self, nonce, socket, expiresAtMs });
    const condition = record === undefined ? { firstWrite: true } : { etag: record.etag };
    const [failure] = await store.write([{ type: "set", key, value, metadata: documentMetadata, ...condition }], {
      atomic: false,
    });
    if (failure === undefined) return heldLease(options, { nonce, expiresAtMs, replaced: holder });
    // Somebody else was faster: look again who.
    if (failure.code !== "ETAG_MISMATCH") throw failure;
  }
}

/** Whether it is this process that got the lease. */
export function isHeld(lease: HeldLease | LeaseDocument): lease is HeldLease {
  return "renewal" in lease;
}

interface Taken {
  readonly nonce: string;
  readonly expiresAtMs: number;
  readonly replaced: LeaseDocument | undefined;
}

function heldLease(
  { store, key, self, socket, clock }: LeaseOptions,
  { nonce, expiresAtMs, replaced }: Taken,
): HeldLease {
  let freshUntilMs = expiresAtMs;
  const own = async (): Promise<StateRecord | undefined> => {
    const [record] = await store.get([key]);
    return record !== undefined && decodeLease(record.value).nonce === nonce ? record : undefined;
  };
  return {
    replaced,
    get isFresh() {
      return clock.now() < freshUntilMs;
    },
    async renewal() {
      const record = await own();
      if (record === undefined) return undefined;
      // What is stored now is what others go by, until the renewal is.
      freshUntilMs = decodeLease(record.value).expiresAtMs;
      const value = encodeLease({ ...self, nonce, socket, expiresAtMs: clock.now() + leaseMs });
      return { type: "set", key, value, metadata: documentMetadata, etag: record.etag };
    },
    async release() {
      const record = await own();
      if (record !== undefined) await store.write([{ type: "delete", key, etag: record.etag }], { atomic: false });
    },
  };
}

function heldElsewhere({ storeName }: LeaseOptions, { machineName, expiresAtMs }: LeaseDocument): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    `Actors, reminders and jobs of this app run on machine "${machineName}", which holds their lease in state store "${storeName}" until ${new Date(expiresAtMs).toISOString()}. The embedded runtime is for one machine: stop the app there, or run both with daprd (DAPR_GRPC_PORT).`,
    { component: storeName, operation: "scheduler.open", metadata: { machine: machineName } },
  );
}

/** The error for a scheduler that lost its lease: its process slept for longer than the lease lasts. */
export function leaseLost(storeName: string): MechaError {
  return new MechaError(
    "ABORTED",
    `Another process has taken the lease of actors, reminders and jobs in state store "${storeName}"; call again`,
    { component: storeName, operation: "scheduler.commit" },
  );
}
