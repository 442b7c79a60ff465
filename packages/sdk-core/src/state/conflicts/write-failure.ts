import { MechaError, type MechaErrorCode } from "@mecha/spec";
import type { CallEnd } from "../../transport/call-options.js";
import type { Transport } from "../../transport/transport.js";
import { storeProfile } from "../store-profile.js";
import { otherDialect } from "./other-dialect.js";
import type { StoreDialect } from "./store-dialect.js";

/** A write that a runtime refused. */
export interface FailedWrite {
  readonly storeName: string;
  readonly keys: readonly string[];
  /** How the caller's call may be ended. */
  readonly end: CallEnd | undefined;
}

/** Codes behind which daprd hides what became of a write. */
const unclear: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>(["ABORTED", "INVALID_ARGUMENT", "INTERNAL"]);

/**
 * What a failed write really was: `ETAG_MISMATCH`, `ETAG_INVALID`, or what the runtime says. Which of the runtime's own
 * codes means what differs from store to store, so that the store must be known.
 */
export async function writeFailure(transport: Transport, thrown: unknown, write: FailedWrite): Promise<MechaError> {
  const error = MechaError.from(thrown);
  if (!unclear.has(error.code)) return error;
  const dialect = await knownDialect(transport, write);
  const { storeName, keys } = write;
  switch (dialect.refusalOf({ text: componentText(error.message, write), keys })) {
    case "mismatch":
      return explained(error, "ETAG_MISMATCH", {
        ...write,
        message: `State store "${storeName}" did not write ${named(keys)}: it holds another version than the ETag names, or one where there should be none yet; read again and retry`,
      });
    case "invalid":
      return explained(error, "ETAG_INVALID", {
        ...write,
        message: `State store "${storeName}" did not write ${named(keys)}: an ETag is none of this store's; pass on what reading gave`,
      });
    case "none":
      return error.code === "ABORTED" ? explained(error, "INTERNAL", { ...write, message: error.message }) : error;
  }
}

async function knownDialect(transport: Transport, { storeName, end }: FailedWrite): Promise<StoreDialect> {
  try {
    return (await storeProfile(transport, storeName, end)) ?? otherDialect;
  } catch {
    // The caller's time is over; what the write ended with is the more important news.
    return otherDialect;
  }
}

/** What daprd puts before the words of a component. */
function componentText(message: string, { storeName, keys }: FailedWrite): string {
  const [key = ""] = keys;
  for (const preface of [
    `failed saving state in state store ${storeName}: `,
    `failed deleting state in state store ${storeName}: `,
    `failed deleting state with key ${key}: `,
    "error while executing state transaction: ",
  ])
    if (message.startsWith(preface)) return message.slice(preface.length);
  return message;
}

function named(keys: readonly string[]): string {
  const [key = ""] = keys;
  return keys.length === 1 ? `key "${key}"` : `all of its ${String(keys.length)} keys`;
}

function explained(
  cause: MechaError,
  code: MechaErrorCode,
  { storeName, keys, message }: FailedWrite & { readonly message: string },
): MechaError {
  const { reason, metadata, operation } = cause;
  const [key] = keys;
  return new MechaError(code, message, {
    cause,
    metadata: keys.length === 1 && key !== undefined ? { ...metadata, key } : metadata,
    component: storeName,
    ...(reason !== undefined && { reason }),
    ...(operation !== undefined && { operation }),
  });
}
