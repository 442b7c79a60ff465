import { callingScripts } from "./command-arbitrary.js";

const called = (...command: string[]): string[] => ["EVAL", callingScripts[0]!, "0", ...command];

/** What was answered otherwise than by Redis once, in the fewest commands that showed it. */
export const foundDifferences: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "a number ends at its first NUL where C reads it": [
    ["RPUSH", "b", "\x00\xff|| \r\n", "2\x00x", " 1"],
    ["SORT", "b"],
    ["ZADD", "c", "1", "m"],
    ["ZRANGEBYSCORE", "c", "\x00", "2\x00x"],
    ["ZRANGEBYSCORE", "c", " ", "3"],
  ],
  "a time to live that overflows is over": [
    ["RESTORE", "a", "9223372036854775807", "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb"],
    ["EXISTS", "a"],
  ],
  "a threshold is an id, not an end of a range": [
    ["XADD", "d", "MINID", "-", "0-0", "m", "", "m"],
    ["XADD", "d", "MINID", "-", "5-1", "m", ""],
  ],
  "one source of BITOP is copied": [
    ["SET", "b", "1"],
    ["BITOP", "XOR", "a", "b"],
    ["GET", "a"],
    ["BITOP", "NOT", "a", "b"],
    ["GET", "a"],
  ],
  "scripts hear of subcommands as of commands": [called("XGROUP", "DESTROY", "d"), called("XGROUP", "NONE", "d")],
  "scripts may not wait for streams": [called("XREAD", "BLOCK", "1", "STREAMS", "d", "d", "0")],
  "scripts hear that there is no cluster": [called("ASKING")],
  "scripts ping with one argument at most": [called("PING", "", "extra"), called("PING", "x"), called("PING")],
};
