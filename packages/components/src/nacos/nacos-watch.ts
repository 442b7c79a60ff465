import { setTimeout as delay } from "node:timers/promises";
import { MechaError } from "@mecha/spec";
import { md5Of, type NacosConfigs, type NacosContent } from "./nacos-configs.js";
import type { NacosAddress } from "./nacos-key.js";

/** Told the new content, `undefined` if the item is gone. */
export type NacosListener = (content: NacosContent | undefined) => void;

interface Watched {
  readonly address: NacosAddress;
  md5: string;
  readonly listeners: Set<NacosListener>;
}

const firstRetryMs = 100;
const lastRetryMs = 2_000;

/** Watches the items of one namespace with one long poll at a time. */
export interface NacosWatch {
  /**
   * Adds a listener.
   *
   * @param known - MD5 of what the listener knows already; another content is reported
   * @returns takes the listener away
   */
  add(address: NacosAddress, known: string, listener: NacosListener): () => void;
  close(): void;
}

/** Makes a watch; it polls while it has listeners, and after an outage until Nacos answers again. */
export function createNacosWatch(
  tenant: string,
  configs: NacosConfigs,
  report: { readonly lost: (error: MechaError) => void; readonly regained: () => void },
): NacosWatch {
  const watchedByName = new Map<string, Watched>();
  const closing = new AbortController();
  let restart = new AbortController();
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    let failures = 0;
    while (watchedByName.size > 0 && !closing.signal.aborted) {
      restart = new AbortController();
      const signal = AbortSignal.any([closing.signal, restart.signal]);
      try {
        const didChange = await pollOnce(signal);
        if (failures > 0) report.regained();
        failures = 0;
        // Nacos names an item as changed whose content is the one we know: do not ask again at once.
        if (didChange === false) await pause(lastRetryMs);
      } catch (error) {
        if (signal.aborted) continue;
        if (failures === 0) report.lost(MechaError.from(error));
        await pause(Math.min(firstRetryMs * 2 ** failures, lastRetryMs));
        failures++;
      }
    }
    isRunning = false;
  }

  /** @returns whether an item that was named had changed; `undefined` if none was named */
  async function pollOnce(signal: AbortSignal): Promise<boolean | undefined> {
    const items = [...watchedByName.values()].map(({ address, md5 }) => ({ ...address, md5 }));
    const named = await configs.poll(tenant, items, signal);
    let didChange: boolean | undefined;
    for (const address of named) {
      const watched = watchedByName.get(nameOf(address));
      if (watched === undefined) continue;
      const current = await configs.get(address, { signal: closing.signal });
      const md5 = md5Of(current?.content);
      didChange = didChange === true || md5 !== watched.md5;
      watched.md5 = md5;
      for (const listener of watched.listeners) listener(current);
    }
    return didChange;
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined); // ended by closing
  }

  return {
    add(address, known, listener) {
      const name = nameOf(address);
      let watched = watchedByName.get(name);
      if (watched === undefined) {
        watched = { address, md5: known, listeners: new Set() };
        watchedByName.set(name, watched);
        // The poll under way does not name this item, and could be held for half a minute.
        restart.abort();
      } else if (watched.md5 !== known) {
        // It changed between this listener's look and now, and others were told: the next poll tells it, and those once more.
        watched.md5 = known;
        restart.abort();
      }
      const { listeners } = watched;
      listeners.add(listener);
      if (!isRunning) void run();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || watchedByName.get(name)?.listeners !== listeners) return;
        watchedByName.delete(name);
        if (watchedByName.size === 0) restart.abort();
      };
    },
    close() {
      closing.abort();
      watchedByName.clear();
    },
  };
}

function nameOf({ group, dataId }: NacosAddress): string {
  return `${group}/${dataId}`;
}
