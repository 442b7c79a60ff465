import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { appIdOfFile, readInstanceEntry, removeInstance, type InstanceEntry } from "./instance-entry.js";
import { isAlive, startTimeOf } from "./process-identity.js";
import { checkRuntimeFolder } from "./runtime-folder.js";

/** More than any file system's clock ticks. */
const clockTickMs = 100;

/** Finds the live instances of apps in a runtime folder. */
export interface InstanceDirectory {
  /** The instances of an app that live, in turn: each call begins with another one. */
  find(appId: string): Promise<readonly InstanceEntry[]>;
  /** Forgets an instance that does not answer, and removes its files. */
  remove(entry: InstanceEntry): Promise<void>;
}

/**
 * Makes the directory. The folder is read again when it has changed (entries come and go by rename, which its time of change shows); dead
 * entries are skipped and removed.
 */
export function createInstanceDirectory(folder: string): InstanceDirectory {
  let known: ReadonlyMap<string, readonly InstanceEntry[]> = new Map();
  let readAt: bigint | undefined;
  let turn = Math.floor(Math.random() * 1024);

  const refresh = async (): Promise<void> => {
    const changedAt = changeTimeOf(folder);
    if (changedAt !== undefined && changedAt === readAt) return;
    known = changedAt === undefined ? new Map() : await readFolder(folder);
    // A second change within one tick of the file system's clock would look like the first: only a time that is past is trusted.
    readAt =
      changedAt !== undefined && Date.now() - Number(changedAt / 1_000_000n) > clockTickMs ? changedAt : undefined;
  };

  return {
    async find(appId) {
      await refresh();
      const entries = known.get(appId) ?? [];
      const dead = entries.filter(({ pid }) => !isAlive(pid));
      await Promise.all(dead.map(removeInstance));
      const alive = entries.filter((entry) => !dead.includes(entry));
      const first = alive.length === 0 ? 0 : turn++ % alive.length;
      return [...alive.slice(first), ...alive.slice(0, first)];
    },
    async remove(entry) {
      readAt = undefined;
      await removeInstance(entry);
    },
  };
}

function changeTimeOf(folder: string): bigint | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, readonly InstanceEntry[]>> {
  await checkRuntimeFolder(folder);
  const names = (await readdir(folder)).filter((name) => appIdOfFile(name) !== undefined).sort();
  const entries = await Promise.all(names.map((name) => readInstanceEntry(join(folder, name))));
  const byApp = new Map<string, InstanceEntry[]>();
  for (const entry of entries) {
    if (entry === undefined) continue;
    if (isDead(entry)) await removeInstance(entry);
    else byApp.set(entry.appId, [...(byApp.get(entry.appId) ?? []), entry]);
  }
  return byApp;
}

function isDead({ pid, startTime }: InstanceEntry): boolean {
  return !isAlive(pid) || (startTime !== "" && startTimeOf(pid) !== startTime);
}
