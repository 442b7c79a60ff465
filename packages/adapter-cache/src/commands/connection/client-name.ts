import { ErrorReply } from "../../resp/reply.js";

/** Refuses names that CLIENT LIST could not show. */
export function checkClientName(name: string): void {
  if (/[^!-~]/.test(name))
    throw new ErrorReply("ERR Client names cannot contain spaces, newlines or special characters.");
}
