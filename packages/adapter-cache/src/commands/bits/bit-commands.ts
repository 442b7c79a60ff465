import type { Command } from "../command.js";
import { bitcount } from "./bitcount.js";
import { bitfield, bitfieldRo } from "./bitfield.js";
import { bitop } from "./bitop.js";
import { bitpos } from "./bitpos.js";
import { getbit, setbit } from "./setbit.js";

/** The commands on the bits of strings. */
export const bitCommands: readonly Command[] = [bitcount, bitfield, bitfieldRo, bitop, bitpos, getbit, setbit];
