import fc from "fast-check";
import { expect, it } from "vitest";
import { CommandFrames } from "./command-frames.js";
import { passingText } from "./command-text.js";
import { encodeCommand } from "./encode-command.js";

/** Names that pass unseen; all others are to be looked at. */
const plain: ReadonlySet<string> = new Set(["get", "SET", "x"]);

/** Texts in which a reader that does not count lengths as Redis does would see commands. */
const word = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ maxLength: 20, unit: "binary" }),
  fc.constantFrom("\r\n", "*1\r\n$8\r\nFLUSHALL\r\n", "éé\r\n*1\r\n$3\r\nget\r\n", "$-1\r\n", "\ud800", ""),
);
const command = fc.tuple(
  fc.constantFrom("get", "SET", "x", "GET", "flushall", "config"),
  fc.array(word, { maxLength: 4 }),
);
const chunk = fc.oneof(
  { weight: 8, arbitrary: command.map(([name, words]) => text([name, ...words])) },
  fc.constantFrom("ping\r\n", "*0\r\n", "*1\r\n", "*-1\r\n", "\r\n"),
);

it("a text passes as far as its bytes would, up to the first command that is to be looked at", () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), fc.nat({ max: 30 }), (chunks, cut) => {
      const all = chunks.join("");
      const written = all.slice(0, Math.max(0, all.length - cut));
      const passed: string[] = [];
      const end = passingText(written, { passes: (name) => plain.has(name) && passed.push(name) > 0 });
      expect(seen(Buffer.from(written.slice(0, end)))).toEqual(passed);
      // What is left is not in the middle of a command.
      expect(seen(Buffer.from(written)).slice(0, passed.length)).toEqual(passed);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ["a name in another case", text(["GET", "a"])],
  ["a name that is longer than any", text(["g".repeat(65)])],
  ["a value in another alphabet", text(["get", "ключ"])],
  ["half a command", text(["get", "a"]).slice(0, -1)],
  ["a number with a sign", "*+1\r\n$3\r\nget\r\n"],
  ["a number with a space", "*1 \r\n$3\r\nget\r\n"],
  ["a length of more digits than a text has characters", `*1\r\n$${"0".repeat(20)}3\r\nget\r\n`],
  ["a line without its carriage return", "*1\n$3\nget\n"],
  ["a command in a line", "get a\r\n"],
  ["no name", "*1\r\n$0\r\n\r\n"],
])("%s is left to be looked at as bytes", (_what, written) => {
  expect(passingText(written, { passes: (name) => plain.has(name) })).toBe(0);
});

it("what passes ends before a command that does not", () => {
  const [first, denied] = [text(["get", "a"]), text(["flushall"])];
  expect(passingText(first + denied + first, { passes: (name) => plain.has(name) })).toBe(first.length);
});

function text(words: readonly string[]): string {
  return encodeCommand(words).toString();
}

/** The names of commands in bytes; a name that is not plain counts as `?`. */
function seen(bytes: Buffer): readonly string[] {
  const names: string[] = [];
  const frames = new CommandFrames({
    passes: (name) => plain.has(name) && names.push(name) > 0,
    wantsWhole: () => false,
    read: () => void names.push("?"),
  });
  try {
    frames.push(bytes);
  } catch {
    names.push("!");
  }
  return names;
}
