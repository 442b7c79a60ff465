import type { ErrorReply } from "../resp/reply.js";

/**
 * Thrown by an operation that was ended in the middle: nothing of it may be kept, so the batch runs once more without it,
 * and its client gets the error. Whoever catches errors of operations passes this one on.
 */
export class Undone extends Error {
  override readonly name = "Undone";

  /** @param reply - what the client is told */
  constructor(readonly reply: ErrorReply) {
    super(reply.message);
  }
}
