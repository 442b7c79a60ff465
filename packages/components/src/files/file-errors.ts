/** The operating system's name of an error (`ENOENT`, …), if it has one. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether an error says that there is no such file: nothing at the path, or a file where a folder would have to be. */
export function isFileMissing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
