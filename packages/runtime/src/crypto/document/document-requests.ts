import type { common } from "@mecha/sdk-core/protocol";
import { daprError } from "../../errors/dapr-error.js";

/** One message of a stream that sends a document: the first has the options. */
interface DocumentRequest<O> {
  readonly options?: O | undefined;
  readonly payload?: common.StreamPayload | undefined;
}

/** The options of a document, and its bytes. */
export interface DocumentRequests<O> {
  readonly options: O;
  readonly pieces: AsyncIterable<Buffer>;
}

/**
 * Reads the options, which come first, and gives the bytes that follow.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a first message without options; the bytes throw where their numbers have gaps
 */
export async function readDocumentRequests<O>(
  requests: AsyncIterable<DocumentRequest<O>>,
): Promise<DocumentRequests<O>> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) {
    throw daprError("cryptoOperation", "failed to perform operation: error receiving the first message: EOF");
  }
  const { options } = first.value;
  if (options === undefined) {
    throw daprError("cryptoBadRequest", "invalid request: first message does not contain the required options");
  }
  return { options, pieces: piecesOf(first.value, iterator) };
}

async function* piecesOf<O>(
  first: DocumentRequest<O>,
  iterator: AsyncIterator<DocumentRequest<O>>,
): AsyncGenerator<Buffer, void, undefined> {
  let expected = 0n;
  let { payload } = first;
  try {
    for (;;) {
      if (payload !== undefined) {
        if (payload.seq !== expected) {
          throw new Error(`invalid sequence number received: ${String(payload.seq)} (expected: ${String(expected)})`);
        }
        expected++;
        yield payload.data;
      }
      const next = await iterator.next();
      if (next.done === true) return;
      if (next.value.options !== undefined) throw new Error("options found in non-leading message");
      ({ payload } = next.value);
    }
  } finally {
    await iterator.return?.();
  }
}
