import { open } from "node:fs/promises";

/**
 * Makes a file that only this user may read, unless it is there already. SQLite gives its own new files whatever rights the process's
 * mask leaves, and those beside a database the rights of the database.
 */
export async function makePrivateFile(path: string): Promise<void> {
  try {
    await (await open(path, "a", 0o600)).close();
  } catch {
    // Who opens the file next says why it cannot be, with the words for it.
  }
}
