import { MechaError, type MechaErrorCode, type MechaErrorDetails } from "@mecha/spec";

/**
 * The failures that daprd 1.18 reports, with its gRPC code and ErrorInfo reason. Where daprd's gRPC answer has no
 * ErrorInfo (secrets, invocation), the reason is the error code of its HTTP API.
 */
const table = {
  stateNotConfigured: ["FAILED_PRECONDITION", "DAPR_STATE_NOT_CONFIGURED", 500],
  stateNotFound: ["INVALID_ARGUMENT", "DAPR_STATE_NOT_FOUND", 400],
  stateIllegalKey: ["INVALID_ARGUMENT", "DAPR_STATE_ILLEGAL_KEY", 400],
  stateTransactionsNotSupported: ["UNIMPLEMENTED", "DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED", 500],
  stateOperationNotSupported: ["UNIMPLEMENTED", "ERR_NOT_SUPPORTED_STATE_OPERATION", 500],
  stateGet: ["INTERNAL", "ERR_STATE_GET", 500],
  stateSave: ["INTERNAL", "ERR_STATE_SAVE", 500],
  stateDelete: ["INTERNAL", "ERR_STATE_DELETE", 500],
  stateBulkDelete: ["INTERNAL", "ERR_STATE_BULK_DELETE", 500],
  stateTransaction: ["INTERNAL", "ERR_STATE_TRANSACTION", 500],
  stateQuery: ["INTERNAL", "DAPR_STATE_QUERY_FAILED", 500],
  stateQueryNotSupported: ["INTERNAL", "DAPR_STATE_QUERYING_NOT_SUPPORTED", 500],
  pubsubNameEmpty: ["INVALID_ARGUMENT", "DAPR_PUBSUB_NAME_EMPTY", 404],
  pubsubNotFound: ["INVALID_ARGUMENT", "DAPR_PUBSUB_NOT_FOUND", 404],
  pubsubTopicEmpty: ["INVALID_ARGUMENT", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", 404],
  pubsubMetadata: ["INVALID_ARGUMENT", "DAPR_PUBSUB_METADATA_DESERIALIZATION", 400],
  pubsubCloudEvent: ["INVALID_ARGUMENT", "DAPR_PUBSUB_CLOUD_EVENT_CREATION", 500],
  pubsubMarshalEvents: ["INVALID_ARGUMENT", "DAPR_PUBSUB_MARSHAL_EVENTS", 400],
  pubsubForbidden: ["PERMISSION_DENIED", "DAPR_PUBSUB_FORBIDDEN", 403],
  pubsubPublish: ["INTERNAL", "DAPR_PUBSUB_PUBLISH_MESSAGE", 500],
  configurationNotConfigured: ["FAILED_PRECONDITION", "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", 500],
  configurationNotFound: ["INVALID_ARGUMENT", "ERR_CONFIGURATION_STORE_NOT_FOUND", 400],
  configurationGet: ["INTERNAL", "ERR_CONFIGURATION_GET", 500],
  configurationSubscribe: ["INVALID_ARGUMENT", "ERR_CONFIGURATION_SUBSCRIBE", 500],
  secretsNotConfigured: ["FAILED_PRECONDITION", "ERR_SECRET_STORES_NOT_CONFIGURED", 500],
  secretsNotFound: ["INVALID_ARGUMENT", "ERR_SECRET_STORE_NOT_FOUND", 401],
  secretGet: ["INTERNAL", "ERR_SECRET_GET", 500],
  bindingInvoke: ["INTERNAL", "ERR_INVOKE_OUTPUT_BINDING", 500],
  lockNotConfigured: ["FAILED_PRECONDITION", "ERR_LOCK_STORE_NOT_CONFIGURED", 500],
  lockNotFound: ["INVALID_ARGUMENT", "ERR_LOCK_STORE_NOT_FOUND", 400],
  lockMalformed: ["INVALID_ARGUMENT", "ERR_MALFORMED_REQUEST", 400],
  lockTry: ["INTERNAL", "ERR_TRY_LOCK", 500],
  lockUnlock: ["INTERNAL", "ERR_UNLOCK", 500],
  cryptoNotConfigured: ["INTERNAL", "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", 500],
  cryptoNotFound: ["INVALID_ARGUMENT", "ERR_CRYPTO_PROVIDER_NOT_FOUND", 400],
  cryptoBadRequest: ["INVALID_ARGUMENT", "ERR_BAD_REQUEST", 400],
  cryptoGetKey: ["INTERNAL", "ERR_CRYPTO_KEY", 500],
  cryptoOperation: ["INTERNAL", "ERR_CRYPTO", 500],
  conversationNotFound: ["INVALID_ARGUMENT", "ERR_CONVERSATION_NOT_FOUND", 400],
  conversationMissingInputs: ["INVALID_ARGUMENT", "ERR_CONVERSATION_MISSING_INPUTS", 400],
  conversationInvalidParams: ["INVALID_ARGUMENT", "ERR_CONVERSATION_INVALID_PARMS", 400],
  conversationInvoke: ["INTERNAL", "ERR_CONVERSATION_INVOKE", 500],
  secretDenied: ["PERMISSION_DENIED", "ERR_PERMISSION_DENIED", 403],
  directInvoke: ["INTERNAL", "ERR_DIRECT_INVOKE", 500],
} as const satisfies Readonly<Record<string, readonly [MechaErrorCode, string, number]>>;

/** One of the failures that daprd reports. */
export type DaprFailure = keyof typeof table;

/** Makes the error for a failure that daprd reports, with its code, reason and HTTP status. */
export function daprError(failure: DaprFailure, message: string, details: MechaErrorDetails = {}): MechaError {
  const [code, reason, httpStatus] = table[failure];
  return new MechaError(code, message, { reason, httpStatus, ...details });
}

/** The error for a request that makes no sense to a store, which daprd learns from the store: its reason, and a code of our own. */
export function refusedRequest(failure: DaprFailure, message: string): MechaError {
  const [, reason, httpStatus] = table[failure];
  return new MechaError("INVALID_ARGUMENT", message, { reason, httpStatus });
}

/** What a component threw, in the words that go into the message of a {@link daprError}. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * The error for a component that failed: its own code where that says more than daprd's does (a caller that gave up, a
 * backend that is down, a request that it refuses), with daprd's reason.
 */
export function componentFailure(
  failure: DaprFailure,
  message: string,
  thrown: unknown,
  component: string,
): MechaError {
  const [code, reason, httpStatus] = table[failure];
  const kept = MechaError.is(thrown) && telling.has(thrown.code) ? thrown.code : code;
  const metadata = MechaError.is(thrown) ? thrown.metadata : {};
  return new MechaError(kept, `${message}: ${messageOf(thrown)}`, {
    reason,
    httpStatus,
    component,
    metadata,
    cause: thrown,
  });
}

/** Codes that a caller can act on. daprd has INTERNAL for all but the ETags'. */
const telling: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>([
  "ETAG_MISMATCH",
  "ETAG_INVALID",
  "CANCELLED",
  "DEADLINE_EXCEEDED",
  "UNAVAILABLE",
  "UNIMPLEMENTED",
  "INVALID_ARGUMENT",
  "RESOURCE_EXHAUSTED",
]);
