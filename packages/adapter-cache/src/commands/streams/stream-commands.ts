import type { Command } from "../command.js";
import { xack } from "./xack.js";
import { xadd } from "./xadd.js";
import { xautoclaim } from "./xautoclaim.js";
import { xclaim } from "./xclaim.js";
import { xgroup } from "./xgroup.js";
import { xinfo } from "./xinfo.js";
import { xdel, xlen, xtrim } from "./xlen.js";
import { xpending } from "./xpending.js";
import { xrange, xrevrange } from "./xrange.js";
import { xread } from "./xread.js";
import { xreadgroup } from "./xreadgroup.js";
import { xsetid } from "./xsetid.js";

/** Commands on streams. */
export const streamCommands: readonly Command[] = [
  xadd,
  xlen,
  xdel,
  xtrim,
  xrange,
  xrevrange,
  xread,
  xsetid,
  xgroup,
  xreadgroup,
  xack,
  xpending,
  xclaim,
  xautoclaim,
  xinfo,
];
