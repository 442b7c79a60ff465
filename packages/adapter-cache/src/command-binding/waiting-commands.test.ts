import { describe, expect, it } from "vitest";
import { readWaiting } from "./waiting-commands.js";

/** A command as it would be asked for a second, and how long its client would wait. */
function asked(
  line: string,
): { readonly line: string; readonly timeoutMs: number; readonly ends: readonly number[] } | undefined {
  const words = line.split(" ").map((word) => Buffer.from(word));
  const waiting = readWaiting(line.split(" ", 1)[0]?.toLowerCase() ?? "", words);
  return (
    waiting && {
      line: waiting.lasting(1_000).map(String).join(" "),
      timeoutMs: waiting.timeoutMs,
      ends: waiting.ends.map(({ index }) => index),
    }
  );
}

describe("a command that waits", () => {
  it.each([
    ["BLPOP a b 0", "BLPOP a b 1", 0, []],
    ["BLMOVE a b LEFT RIGHT 2.5", "BLMOVE a b LEFT RIGHT 1", 2_500, []],
    ["BZMPOP 10 1 z MIN", "BZMPOP 1 1 z MIN", 10_000, []],
    ["XREAD COUNT 2 BLOCK 0 STREAMS a b $ 1-1", "XREAD COUNT 2 BLOCK 1000 STREAMS a b $ 1-1", 0, [8]],
    ["XREAD BLOCK 5000 STREAMS $ $", "XREAD BLOCK 1000 STREAMS $ $", 5_000, [5]],
    ["XREADGROUP GROUP g BLOCK BLOCK 70 STREAMS a >", "XREADGROUP GROUP g BLOCK BLOCK 1000 STREAMS a >", 70, []],
  ])("%s is asked for a part of its time, its ends of streams known", (line, part, timeoutMs, ends) => {
    expect(asked(line)).toEqual({ line: part, timeoutMs, ends });
  });

  it.each(["BLPOP a x", "BLPOP a -1", "XREAD STREAMS a 0", "XREAD BLOCK x STREAMS a 0", "GET a"])(
    "%s is none, or the server's to refuse",
    (line) => {
      expect(asked(line)).toBeUndefined();
    },
  );
});
