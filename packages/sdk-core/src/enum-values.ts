import type { StateOptions_StateConcurrency as Concurrency } from "./generated/dapr/proto/common/v1/common.js";
import type { TopicEventResponse_TopicEventResponseStatus as Status } from "./generated/dapr/proto/runtime/v1/appcallback.js";

// The generated enums come with all messages of their files; a test compares the numbers.

/** What an app says of an event. */
export const topicStatus = { SUCCESS: 0, RETRY: 1, DROP: 2 } as unknown as Pick<
  typeof Status,
  "SUCCESS" | "RETRY" | "DROP"
>;

/** Says that a write fails where another was first. */
export const firstWrite = 1 as unknown as Concurrency.CONCURRENCY_FIRST_WRITE;
