import type { Command } from "../command.js";
import { hexpire, hexpireat, hpexpire, hpexpireat } from "./hexpire.js";
import { hexpiretime, hpersist, hpexpiretime, hpttl, httl } from "./httl.js";

/** The commands on when fields of hashes end, as Redis 7.4 has them. */
export const fieldCommands: readonly Command[] = [
  hexpire,
  hexpireat,
  hexpiretime,
  hpersist,
  hpexpire,
  hpexpireat,
  hpexpiretime,
  hpttl,
  httl,
];
