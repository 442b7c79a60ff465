import type { Command } from "../command.js";
import { blmove, brpoplpush } from "./blmove.js";
import { blmpop } from "./blmpop.js";
import { blpop, brpop } from "./blpop.js";
import { bzmpop, bzpopmax, bzpopmin } from "./bzpopmin.js";

/** Commands that wait for items of lists and members of sorted sets. */
export const blockingCommands: readonly Command[] = [
  blpop,
  brpop,
  blmove,
  brpoplpush,
  blmpop,
  bzpopmin,
  bzpopmax,
  bzmpop,
];
