import type { Command } from "../command.js";
import { pfadd } from "./pfadd.js";
import { pfcount } from "./pfcount.js";
import { pfmerge } from "./pfmerge.js";

/** The commands on HyperLogLogs. */
export const hyperLogLogCommands: readonly Command[] = [pfadd, pfcount, pfmerge];
