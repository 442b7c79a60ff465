import type { Command } from "../command.js";
import { flushall, flushdb, swapdb } from "./flush.js";
import { memory } from "./memory.js";
import { dbsize, keys, randomkey, scan } from "./keys.js";

/** The commands on all keys of a database. */
export const databaseCommands: readonly Command[] = [dbsize, flushall, flushdb, keys, memory, randomkey, scan, swapdb];
