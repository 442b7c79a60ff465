/** How many documents share the index; one change writes one of them. */
export const indexShards = 64;

/**
 * Where the scheduler of an app keeps its documents: beside the state of the app's actors, under an actor type that nobody
 * can have registered.
 */
export interface SchedulerKeys {
  readonly lease: string;
  index(shard: number): string;
  entry(id: string): string;
}

/** The keys of the scheduler of an app. */
export function schedulerKeys(appId: string): SchedulerKeys {
  const prefix = `${appId}||mecha.scheduler||`;
  return {
    lease: `${prefix}lease`,
    index: (shard) => `${prefix}index||${String(shard)}`,
    entry: (id) => `${prefix}entry||${id}`,
  };
}

/** In which document of the index an entry is: FNV-1a of its id. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % indexShards;
}
