import { mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { MechaError } from "@mecha/spec";

/**
 * Makes way for a server's socket: its folder is made, and a file that a killed process left is removed, which would keep daprd from
 * starting too.
 *
 * @throws MechaError `UNAVAILABLE` if somebody serves it
 */
export async function clearStaleSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) {
    throw new MechaError("UNAVAILABLE", `Another process serves ${path}. End it, or choose another folder or name.`);
  }
  await rm(path, { force: true });
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
