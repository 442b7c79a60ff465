/** The name that the operating system or SQLite gave an error (`ENOENT`, `SQLITE_BUSY`, …), if it has one. */
export function systemErrorCode(error: unknown): string | undefined {
  // Not by `instanceof Error`: under Jest the errors of Node's own modules come from another realm.
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Whether an error says that there is no such file: nothing at the path, or a file where a folder would have to be. */
export function isFileMissing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
