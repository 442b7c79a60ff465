import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { appIdOfFile, readInstanceEntry, removeInstance, type InstanceEntry } from "./instance-entry.js";
import { hasEnded } from "./process-identity.js";
import { checkRuntimeFolder } from "./checked-folder.js";

/** More than any file system's clock ticks. */
const clockTickMs = 100;

/**
 * How long what was read of an app is believed, in milliseconds: so late may a new instance get its first call. One that is gone
 * is noticed by its connection.
 */
const believedMs = 100;

/** Finds the instances of apps in a runtime folder. */
export interface InstanceDirectory {
  /** The instances of an app, in turn: each call begins with another one. Whoever calls one that is gone removes it. */
  find(appId: string): Promise<readonly InstanceEntry[]> | readonly InstanceEntry[];
  /** The same without a look at the folder; `undefined` if what was read of the app is no longer believed. */
  believed(appId: string): readonly InstanceEntry[] | undefined;
  /** Forgets an instance that does not answer, and removes its files; the folder is read again then. */
  remove(entry: InstanceEntry): Promise<void>;
}

/**
 * Makes the directory. The folder is read again when it has changed (entries come and go by rename, which its time of change shows); dead
 * entries are skipped and removed.
 */
export function createInstanceDirectory(folder: string): InstanceDirectory {
  let known: ReadonlyMap<string, readonly InstanceEntry[]> = new Map();
  let readAt: bigint | undefined;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let turn = Math.floor(Math.random() * 1024);

  const refresh = async (): Promise<void> => {
    const changedAt = changeTimeOf(folder);
    checkedAtMs = performance.now();
    if (changedAt !== undefined && changedAt === readAt) return;
    known = changedAt === undefined ? new Map() : await readFolder(folder);
    // A second change within one tick of the file system's clock would look like the first: only a time that is past is trusted.
    readAt =
      changedAt !== undefined && Date.now() - Number(changedAt / 1_000_000n) > clockTickMs ? changedAt : undefined;
  };

  const inTurn = (appId: string): readonly InstanceEntry[] => {
    const entries = known.get(appId) ?? [];
    if (entries.length < 2) return entries;
    const first = turn++ % entries.length;
    return [...entries.slice(first), ...entries.slice(0, first)];
  };

  const believed = (appId: string): readonly InstanceEntry[] | undefined =>
    known.has(appId) && performance.now() - checkedAtMs < believedMs ? inTurn(appId) : undefined;

  return {
    believed,
    find: (appId) => believed(appId) ?? refresh().then(() => inTurn(appId)),
    async remove(entry) {
      readAt = undefined;
      checkedAtMs = Number.NEGATIVE_INFINITY;
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
    if (hasEnded(entry)) await removeInstance(entry);
    else byApp.set(entry.appId, [...(byApp.get(entry.appId) ?? []), entry]);
  }
  return byApp;
}
