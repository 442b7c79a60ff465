import { MechaError } from "@mecha/spec";
import type { StreamPayload } from "../generated/dapr/proto/common/v1/common.js";
import type { CallSubject } from "../transport/call-subject.js";
import { nameOf } from "../call/complete-error.js";

/** The bytes of a document: at once, or piece by piece. Node's readable streams are such. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** One message of a document that is sent: the options first, then the pieces. */
export interface DocumentRequest<O> {
  readonly options: O | undefined;
  readonly payload: StreamPayload | undefined;
}

/**
 * Bytes of a message. The format works in segments of this size anyway, and it is well below the 4 MiB that a sidecar takes
 * by default.
 */
const pieceBytes = 64 * 1024;

/**
 * The messages that send a document. The options go alone and at once, because daprd waits for them no longer than 5 seconds;
 * the source may take its time.
 */
export async function* requestsOf<O>(
  document: ByteSource,
  options: O,
  failure: SourceFailure,
): AsyncGenerator<DocumentRequest<O>, void, undefined> {
  yield { options, payload: undefined };
  let seq = 0n;
  try {
    for await (const data of piecesOf(document)) yield { options: undefined, payload: { data, seq: seq++ } };
  } catch (thrown) {
    failure.note(thrown);
    throw thrown;
  }
}

/** A document in messages of one size, whatever sizes the source has. */
async function* piecesOf(document: ByteSource): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const joined = (): Buffer => {
    const [only = Buffer.alloc(0)] = waiting;
    const piece = waiting.length === 1 ? only : Buffer.concat(waiting, waitingBytes);
    [waiting, waitingBytes] = [[], 0];
    return piece;
  };
  for await (const chunk of document instanceof Uint8Array ? [document] : document) {
    let rest = bufferOf(chunk);
    while (waitingBytes + rest.length >= pieceBytes) {
      const taken = pieceBytes - waitingBytes;
      waiting.push(rest.subarray(0, taken));
      waitingBytes += taken;
      rest = rest.subarray(taken);
      yield joined();
    }
    if (rest.length > 0) {
      waiting.push(rest);
      waitingBytes += rest.length;
    }
  }
  if (waitingBytes > 0) yield joined();
}

function bufferOf(chunk: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new MechaError("INVALID_ARGUMENT", `A piece of the document is of type ${typeof chunk}; pass a Uint8Array`);
}

/** What the source of a document threw: not every transport gives it to the caller, as where a call ends well before. */
export class SourceFailure {
  #error: MechaError | undefined;

  constructor(private readonly subject: CallSubject) {}

  /** Notes what the source threw. */
  note(thrown: unknown): void {
    this.#error = MechaError.from(thrown, `${nameOf(this.subject)}, reading the document`);
  }

  /** The replies; where the call fails or ends after the source did, with the source's error. */
  async *instead<T>(replies: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      yield* replies;
    } catch (thrown) {
      throw this.#error ?? thrown;
    }
    if (this.#error !== undefined) throw this.#error;
  }
}
