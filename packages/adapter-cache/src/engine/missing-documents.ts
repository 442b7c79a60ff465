/**
 * Thrown while an operation runs when it looks at documents that were not read: they are read, and the operation runs
 * again from the beginning. So a command may find out which documents it needs while it runs. Whoever catches errors of
 * operations passes this one on.
 */
export class MissingDocuments extends Error {
  override readonly name = "MissingDocuments";

  /** @param names - the documents to read */
  constructor(readonly names: readonly string[]) {
    super(`Documents were not read: ${names.join(", ")}`);
  }
}
