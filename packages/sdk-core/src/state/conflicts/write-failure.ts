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

/** Codes behind which daprd hides what became of a write, if their reason, where there is one, says no more. */
const unclear: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>(["ABORTED", "INVALID_ARGUMENT", "INTERNAL"]);

/**
 * What a failed write really was: `ETAG_MISMATCH`, `ETAG_INVALID`, or what the runtime says. Which of the runtime's own
 * codes means what differs from store to store, so that the store must be known.
 */
export async function writeFailure(transport: Transport, thrown: unknown, write: FailedWrite): Promise<MechaError> {
  const error = MechaError.from(thrown);
  if (error.code === "ETAG_MISMATCH") return mismatched(error, write);
  if (!unclear.has(error.code) || error.reason?.startsWith("ERR_STATE_") === false) return error;
  const dialect = await knownDialect(transport, write);
  switch (dialect.refusalOf({ text: componentText(error.message, write), keys: write.keys })) {
    case "mismatch":
      return mismatched(error, write);
    case "invalid":
      return explained(error, write, {
        code: "ETAG_INVALID",
        message: `${refused(write)}: an ETag is none of this store's; pass on what reading gave`,
      });
    case "none":
      return error.code === "ABORTED" ? explained(error, write, { code: "INTERNAL", message: error.message }) : error;
  }
}

function mismatched(error: MechaError, write: FailedWrite): MechaError {
  return explained(error, write, {
    code: "ETAG_MISMATCH",
    message: `${refused(write)}: it holds another version than the ETag names, or one where there should be none yet; read again and retry`,
  });
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

/** As Dapr's HTTP API has them for the codes that these are on the wire. */
const httpStatuses = { ETAG_MISMATCH: 409, ETAG_INVALID: 400, INTERNAL: 500 } as const;

function refused({ storeName, keys }: FailedWrite): string {
  const [key = ""] = keys;
  const what = keys.length === 1 ? `key "${key}"` : `all of its ${String(keys.length)} keys`;
  return `State store "${storeName}" did not write ${what}`;
}

function explained(
  cause: MechaError,
  { storeName, keys }: FailedWrite,
  { code, message }: { readonly code: keyof typeof httpStatuses; readonly message: string },
): MechaError {
  const { reason, metadata, operation } = cause;
  const [key] = keys;
  return new MechaError(code, message, {
    cause,
    metadata: keys.length === 1 && key !== undefined ? { ...metadata, key } : metadata,
    component: storeName,
    httpStatus: httpStatuses[code],
    ...(reason !== undefined && { reason }),
    ...(operation !== undefined && { operation }),
  });
}
