import type { MechaError } from "@mecha/spec";
import { errorDetails } from "./error-details.js";

/**
 * The error codes of daprd's HTTP API where they differ from the reason that its gRPC API gives for the same failure. Failures
 * with an entry carry the reason in `details`.
 */
const errorCodes: Readonly<Record<string, string>> = {
  DAPR_STATE_NOT_CONFIGURED: "ERR_STATE_STORE_NOT_CONFIGURED",
  DAPR_STATE_NOT_FOUND: "ERR_STATE_STORE_NOT_FOUND",
  DAPR_STATE_ILLEGAL_KEY: "ERR_MALFORMED_REQUEST",
  DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED: "ERR_STATE_STORE_NOT_SUPPORTED",
  DAPR_STATE_QUERYING_NOT_SUPPORTED: "ERR_STATE_STORE_NOT_SUPPORTED",
  DAPR_STATE_QUERY_FAILED: "ERR_STATE_QUERY",
  DAPR_STATE_TOO_MANY_TRANSACTIONS: "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
  DAPR_PUBSUB_NAME_EMPTY: "ERR_PUBSUB_EMPTY",
  DAPR_PUBSUB_NOT_FOUND: "ERR_PUBSUB_NOT_FOUND",
  DAPR_PUBSUB_TEST_NOT_FOUND: "ERR_PUBSUB_NOT_FOUND",
  DAPR_PUBSUB_TOPIC_NAME_EMPTY: "ERR_TOPIC_NAME_EMPTY",
  DAPR_PUBSUB_FORBIDDEN: "ERR_PUBSUB_FORBIDDEN",
  DAPR_PUBSUB_PUBLISH_MESSAGE: "ERR_PUBSUB_PUBLISH_MESSAGE",
  DAPR_PUBSUB_METADATA_DESERIALIZATION: "ERR_PUBSUB_REQUEST_METADATA",
  DAPR_PUBSUB_CLOUD_EVENT_CREATION: "ERR_PUBSUB_CLOUD_EVENTS_SER",
  DAPR_PUBSUB_MARSHAL_ENVELOPE: "ERR_PUBSUB_EVENTS_SER",
  DAPR_PUBSUB_MARSHAL_EVENTS: "ERR_PUBSUB_EVENTS_SER",
  DAPR_PUBSUB_UNMARSHAL_EVENTS: "ERR_PUBSUB_EVENTS_SER",
  DAPR_SCHEDULER_SCHEDULE_JOB: "DAPR_SCHEDULER_SCHEDULE_JOB",
  DAPR_SCHEDULER_JOB_NAME: "DAPR_SCHEDULER_JOB_NAME",
  DAPR_SCHEDULER_JOB_NAME_EMPTY: "DAPR_SCHEDULER_JOB_NAME_EMPTY",
  DAPR_SCHEDULER_GET_JOB: "DAPR_SCHEDULER_GET_JOB",
  DAPR_SCHEDULER_LIST_JOBS: "DAPR_SCHEDULER_LIST_JOBS",
  DAPR_SCHEDULER_DELETE_JOB: "DAPR_SCHEDULER_DELETE_JOB",
  DAPR_SCHEDULER_EMPTY: "DAPR_SCHEDULER_EMPTY",
  DAPR_SCHEDULER_SCHEDULE_EMPTY: "DAPR_SCHEDULER_SCHEDULE_EMPTY",
};

/** The body of an error answer, as daprd writes it. */
export interface ErrorBody {
  readonly errorCode: string;
  readonly message: string;
  readonly details?: readonly unknown[];
}

/** What daprd's HTTP API says of an error: its code there, the message, and the details of those that have some. */
export function errorBody(error: MechaError, appId: string): ErrorBody {
  const { reason = "", code, message } = error;
  const errorCode = errorCodes[reason];
  if (errorCode === undefined) return { errorCode: reason === "" ? fallback(code) : reason, message };
  return { errorCode, message, details: errorDetails(error, reason, appId) };
}

/** daprd's codes for what has no reason of its own. */
function fallback(code: MechaError["code"]): string {
  switch (code) {
    case "UNIMPLEMENTED":
      return "ERR_API_UNIMPLEMENTED";
    case "INTERNAL":
      return "ERR_INTERNAL";
    case "INVALID_ARGUMENT":
      return "ERR_BAD_REQUEST";
    default:
      return "ERROR";
  }
}
