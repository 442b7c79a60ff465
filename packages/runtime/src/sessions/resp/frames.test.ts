import fc from "fast-check";
import { expect, it } from "vitest";
import { CommandFormatError, CommandFrames, type PassingCommand } from "./command-frames.js";
import { encodeCommand } from "./encode-command.js";
import { ReplyFrames } from "./reply-frames.js";
import { keysInReplyOf, stripKeys } from "./strip-keys.js";

const runs = { numRuns: 300 };

/** Bytes in which a reader that does not count lengths would see commands and replies. */
const word = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("\r\n", "*1\r\n$8\r\nFLUSHALL\r\n", "$-1\r\n", "").map((text) => Buffer.from(text)),
);
const name = fc.constantFrom("get", "SET", "config", "Client", "flushall", "x");
const command = fc
  .tuple(name, fc.array(word, { maxLength: 5 }))
  .map(([first, others]) => [Buffer.from(first), ...others]);

/** Bytes cut at any places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((left, right) => left - right);
  return [...sorted, bytes.length].map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat({ max: 5_000 }), { maxLength: 12 });

/** How commands are looked at: each by its beginning, each as a whole, or those of some names not at all. */
type Look = "beginning" | "whole" | "least";

interface Passed {
  readonly names: readonly string[];
  readonly passed: Buffer;
}

/** Commands as they are read, and what passes when those that are called `flushall` are replaced. */
function read(chunks: readonly Buffer[], look: Look): Passed {
  const names: string[] = [];
  const frames = new CommandFrames({
    passes(written) {
      const isPlain = look === "least" && ["get", "SET", "x"].includes(written);
      if (isPlain) names.push(written.toLowerCase());
      return isPlain;
    },
    wantsWhole: () => look === "whole",
    read({ name: found, words }: PassingCommand) {
      names.push(words?.[0]?.toString("latin1").toLowerCase() ?? found);
      return found === "flushall" ? Buffer.from("<denied>") : undefined;
    },
  });
  const passed = Buffer.concat(chunks.flatMap((chunk) => [...frames.push(chunk)]));
  expect(frames.atBoundary).toBe(true);
  return { names, passed };
}

const look = fc.constantFrom<Look>("beginning", "whole", "least");

it("commands are found and pass as they are, wherever their bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 6 }), places, look, (commands, where, how) => {
      const bytes = commands.map((words) => encodeCommand(words));
      const { names, passed } = read(cut(Buffer.concat(bytes), where), how);
      expect(names).toEqual(commands.map(([first]) => String(first).toLowerCase()));
      const expected = commands.map(([first], index) =>
        String(first) === "flushall" ? Buffer.from("<denied>") : (bytes[index] ?? Buffer.alloc(0)),
      );
      expect(passed.equals(Buffer.concat(expected))).toBe(true);
    }),
    runs,
  );
});

it.each([
  "*1\r\n+3\r\n",
  "*01x\r\n",
  "*1\rX$4\r\n",
  "*1\r\n$-1\r\n",
  '"FLUSHALL"\r\n',
  "fl'ush'all\r\n",
  "*1\r\n$3000000000\r\n",
])("what a server might read otherwise ends the connection: %j", (text) => {
  expect(() => read([Buffer.from(text)], "beginning")).toThrow(CommandFormatError);
});

const reply: fc.Arbitrary<string> = fc.letrec<{ reply: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom("+OK\r\n", "-ERR no\r\n", ":12\r\n", "$-1\r\n", "_\r\n", "*-1\r\n", "#t\r\n", ",1.5\r\n", "*0\r\n"),
    fc.constantFrom("", "value", "\r\n+OK\r\n", "*2\r\n").map((text) => `$${String(text.length)}\r\n${text}\r\n`),
  ),
  reply: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("reply"), { maxLength: 3 }).map((items) => `*${String(items.length)}\r\n${items.join("")}`),
    fc
      .array(tie("reply"), { maxLength: 2 })
      .map((items) => `%${String(items.length)}\r\n${items.join("")}${items.join("")}`),
    fc.tuple(tie("leaf"), tie("leaf")).map(([key, value]) => `|1\r\n${key}${value}+after\r\n`),
  ),
})).reply;

it("replies are told apart and pass as they are, wherever their bytes are cut", () => {
  const property = fc.property(
    fc.array(reply, { maxLength: 6 }),
    places,
    fc.record({ denied: fc.nat({ max: 5 }), held: fc.nat({ max: 5 }), looksTwice: fc.boolean() }),
    (replies, where, { denied, held, looksTwice }) => {
      let [begun, ended] = [0, 0];
      const frames = new ReplyFrames({
        isPlain: (index) => !looksTwice && begun + index !== denied && begun + index !== held,
        endPlain(count) {
          begun += count;
          ended += count;
        },
        begin: () => (begun++ === denied ? Buffer.from("<ours>") : undefined),
        wantsWholeReply: () => (begun - 1 === held && held !== denied ? "held" : false),
        end(_type, bytes, isWhole) {
          if (isWhole) expect(bytes.toString("latin1")).toBe(replies[ended]);
          ended++;
          return undefined;
        },
      });
      const chunks = cut(Buffer.from(replies.join(""), "latin1"), where);
      const passed = Buffer.concat(chunks.flatMap((chunk) => [...frames.push(chunk)])).toString("latin1");
      expect([begun, ended]).toEqual([replies.length, replies.length]);
      expect(passed).toBe(replies.map((each, index) => (index === denied ? "<ours>" : each)).join(""));
    },
  );
  fc.assert(property, runs);
});

it("a prefix is taken off keys alone, in every form of reply", () => {
  const strip = (fullName: string, text: string): string =>
    stripKeys(Buffer.from(text), Buffer.from("p:"), keysInReplyOf(fullName) ?? "all").toString();
  expect(strip("keys", "*2\r\n$3\r\np:a\r\n$1\r\nb\r\n")).toBe("*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  expect(strip("scan", "*2\r\n$3\r\np:0\r\n*1\r\n$3\r\np:a\r\n")).toBe("*2\r\n$3\r\np:0\r\n*1\r\n$1\r\na\r\n");
  expect(strip("blpop", "*2\r\n$3\r\np:a\r\n$3\r\np:v\r\n")).toBe("*2\r\n$1\r\na\r\n$3\r\np:v\r\n");
  expect(strip("xread", "%1\r\n$3\r\np:a\r\n*1\r\n$3\r\np:v\r\n")).toBe("%1\r\n$1\r\na\r\n*1\r\n$3\r\np:v\r\n");
  expect(strip("xread", "*1\r\n*2\r\n$3\r\np:a\r\n*0\r\n")).toBe("*1\r\n*2\r\n$1\r\na\r\n*0\r\n");
  expect(strip("blpop", "*-1\r\n")).toBe("*-1\r\n");
});
