import { ErrorReply } from "../resp/reply.js";

/** The longest string, as Redis's `proto-max-bulk-len`: 512 MB. */
export const maxStringBytes = 512 * 1024 * 1024;

/** Refuses strings that would be too long. */
export function checkStringLength(bytes: number): void {
  if (bytes > maxStringBytes) throw new ErrorReply("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}
