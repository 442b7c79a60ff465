import type { Reply } from "../resp/reply.js";

/**
 * Thrown by a blocking command that finds nothing: its client waits until another changes one of its keys. Whoever
 * catches errors of operations passes this one on, or answers what the command answers where nobody waits.
 */
export class MustWait extends Error {
  override readonly name = "MustWait";

  /** @param otherwise - the reply where there is no waiting, as between MULTI and EXEC */
  constructor(readonly otherwise: Reply) {
    super("There is nothing yet");
  }
}
