import { MechaError } from "@mecha/spec";
import { nameOf } from "../call/complete-error.js";
import type { StreamPayload } from "../generated/dapr/proto/common/v1/common.js";
import type { CallSubject } from "../transport/call-subject.js";

/**
 * The bytes in the replies to a document.
 *
 * @throws MechaError `DATA_LOSS` for a reply without bytes or out of order: pieces are missing.
 */
export async function* payloadsOf(
  replies: AsyncIterable<{ readonly payload?: StreamPayload | undefined }>,
  subject: CallSubject,
): AsyncGenerator<Uint8Array, void, undefined> {
  let expected = 0n;
  for await (const { payload } of replies) {
    if (payload === undefined) throw lost(subject, "a reply has no bytes");
    if (payload.seq !== expected) {
      throw lost(subject, `piece ${String(payload.seq)} came where ${String(expected)} was expected`);
    }
    expected++;
    yield payload.data;
  }
}

function lost(subject: CallSubject, what: string): MechaError {
  return new MechaError("DATA_LOSS", `${nameOf(subject)}: ${what}`, {
    operation: subject.operation,
    ...(subject.component !== undefined && { component: subject.component }),
  });
}
