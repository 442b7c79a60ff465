import type { Command } from "../command.js";
import { geoadd } from "./geoadd.js";
import { geodist, geohash, geopos } from "./geopos.js";
import {
  georadius,
  georadiusbymember,
  georadiusbymemberRo,
  georadiusRo,
  geosearch,
  geosearchstore,
} from "./geosearch.js";

/** The commands on places, which sorted sets hold. */
export const geoCommands: readonly Command[] = [
  geoadd,
  geodist,
  geohash,
  geopos,
  georadius,
  georadiusbymember,
  georadiusbymemberRo,
  georadiusRo,
  geosearch,
  geosearchstore,
];
