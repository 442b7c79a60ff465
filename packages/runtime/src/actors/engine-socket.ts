import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { MechaError } from "@mecha/spec";

const form = /^a-\d+-[0-9a-f]{8}\.sock$/u;

/** A name for the socket at which this process takes calls for the engine of its app. */
export function newSocketName(): string {
  return `a-${String(process.pid)}-${randomBytes(4).toString("hex")}.sock`;
}

/**
 * The path of a socket, by the name in a lease: one of the folder where the processes of this user and project meet, and no other file.
 *
 * @throws MechaError `DATA_LOSS` for what is no such name
 */
export function socketPath(folder: string, name: string): string {
  if (form.test(name)) return join(folder, name);
  throw new MechaError("DATA_LOSS", `The lease of actors and jobs names "${name}", which is no socket of theirs`, {
    operation: "actors.open",
  });
}

/** Removes the socket of a process that is gone. */
export function removeSocket(folder: string, name: string): void {
  if (form.test(name)) rmSync(join(folder, name), { force: true });
}
