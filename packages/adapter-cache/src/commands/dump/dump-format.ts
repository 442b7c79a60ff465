/**
 * What DUMP answers is a value as in Redis's RDB files, format 10 (Redis 7.0): its type, the value, the version of the format
 * and a checksum over all that. Redis loads each type in several forms; here they are written in the plainest, and read as
 * Redis 7.0 writes them.
 */
export const dumpVersion = 10;

/** Version and checksum. */
export const footerBytes = 10;

/** The number of each form. */
export const forms = {
  string: 0,
  list: 1,
  set: 2,
  hash: 4,
  zset: 5,
  intset: 11,
  hashListpack: 16,
  zsetListpack: 17,
  quicklist: 18,
  streamBefore7: 15,
  stream: 19,
} as const;
