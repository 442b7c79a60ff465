/** Into how many documents the names of a database's keys are spread. */
export const shardCount = 64;

/** Where keys stand in the order in which SCAN goes through them: 32 bits, of which the highest choose the shard. */
export function placeOfKey(member: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < member.length; index++) hash = Math.imul(hash ^ member.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The shard of a place. */
export function shardOfPlace(place: number): number {
  return Math.floor(place / (2 ** 32 / shardCount));
}

/** Name of the document that holds the names of a shard's keys. */
export function shardName(database: number, shard: number): string {
  return `cache-keys:${String(database)}:${String(shard)}`;
}
