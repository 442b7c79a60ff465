import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "./workspace.js";

/** How a lock is waited for. */
export interface LockOptions {
  /** How long another process may hold the lock. @defaultValue five minutes */
  readonly patienceMs?: number;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** A holder that died leaves its file; an empty one belongs to a holder that is writing its pid just now. */
function releaseDead(file: string): void {
  try {
    const holder = Number(readFileSync(file, "utf8"));
    if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

const queues = new Map<string, Promise<unknown>>();

async function workAlone<T>(file: string, work: () => Promise<T>, patienceMs: number): Promise<T> {
  const deadline = Date.now() + patienceMs;
  while (!take(file)) {
    releaseDead(file);
    if (Date.now() > deadline)
      throw new Error(`${file} is held by pid ${readFileSync(file, "utf8")} for ${patienceMs / 60_000} minutes`);
    await delay(50);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Runs `work` while no other process of this checkout runs work under the same name. */
export function withLock<T>(name: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const file = join(root, ".cache", `${name}.lock`);
  mkdirSync(dirname(file), { recursive: true });
  const previous = queues.get(name) ?? Promise.resolve();
  const mine = previous.then(() => workAlone(file, work, options.patienceMs ?? 300_000));
  queues.set(
    name,
    mine.catch(() => undefined),
  );
  return mine;
}
