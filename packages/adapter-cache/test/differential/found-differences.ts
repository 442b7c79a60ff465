import { callingScripts } from "./command-arbitrary.js";
import type { Turn } from "./turn-arbitrary.js";

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
  "whole scores of a small sorted set are scanned in all digits": [
    ["ZADD", "d", "123456789012345678", "m", "5e18", "n", "-1e17", "o", "0.1", "p"],
    ["ZSCAN", "d", "0"],
    ["ZADD", "e", "123456789012345678", "n".repeat(65)],
    ["ZSCAN", "e", "0"],
  ],
  "scripts hear of subcommands as of commands": [called("XGROUP", "DESTROY", "d"), called("XGROUP", "NONE", "d")],
  "scripts may not wait for streams": [called("XREAD", "BLOCK", "1", "STREAMS", "d", "d", "0")],
  "scripts hear that there is no cluster": [called("ASKING")],
  "scripts ping with one argument at most": [called("PING", "", "extra"), called("PING", "x"), called("PING")],
};

const turn = (client: string, ...commands: string[]): Turn => ({
  client,
  commands: commands.map((command) => command.split(" ")),
});

/** The same of several clients. */
export const foundDifferencesOfTurns: Readonly<Record<string, readonly Turn[]>> = {
  "who waits for several keys is served from the one that was ready first": [
    turn("x", "BRPOP d b 0"),
    turn("y", "MULTI", "LPUSH b 1 2", "SORT b ALPHA STORE d", "EXEC"),
    turn("z", "LRANGE b 0 -1", "LRANGE d 0 -1"),
  ],
  "who waits for a stream twice has it once": [
    turn("x", "XREAD COUNT 1 BLOCK 0 STREAMS e e $ 0"),
    turn("y", "XADD e 0-1 a b"),
  ],
  "a consumer that waits has entries of the stream that was ready first": [
    turn("x", "XGROUP CREATE d g $ MKSTREAM", "XGROUP CREATE e g $ MKSTREAM"),
    turn("x", "XREADGROUP GROUP g m BLOCK 0 STREAMS d e d > > >"),
    turn("y", "MULTI", "XADD e 0-1 a b", "XADD d 0-1 a b", "XADD d 0-2 a b", "EXEC"),
    turn("x", "XPENDING d g", "XPENDING e g"),
  ],
  "all who wait for a key come before those whom one of them serves": [
    turn("x", "BLPOP c b 0"),
    turn("y", "BLMOVE b c LEFT RIGHT 0"),
    turn("z", "RPUSH b 1 2 3"),
    turn("z", "LRANGE b 0 -1", "LRANGE c 0 -1"),
  ],
};
