/**
 * Thrown while an operation runs when it looks at documents that were not read: they are read, and the operation runs
 * again from the beginning. So a command may find out which documents it needs while it runs. Whoever catches errors of
 * operations passes this one on.
 */
export class MissingDocuments extends Error {
  override readonly name = "MissingDocuments";

  /** Makes one without a stack, which nobody looks at and which takes longer than all else. */
  static of(names: readonly string[]): MissingDocuments {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const missing = new MissingDocuments(names);
    Error.stackTraceLimit = stackTraceLimit;
    return missing;
  }

  /** @param names - the documents to read */
  constructor(readonly names: readonly string[]) {
    super(`Documents were not read: ${names.join(", ")}`);
  }
}
