import fc from "fast-check";
import { templates } from "./command-templates.js";
import { words } from "./command-words.js";

/** What a template stands for. */
export function commandOf(template: string): fc.Arbitrary<string[]> {
  const parts = template.match(/\([^)]*\)\*?|\S+/g) ?? [];
  return fc.tuple(...parts.map(part)).map((lists) => lists.flat());
}

function part(text: string): fc.Arbitrary<string[]> {
  const choice = /^\((.*)\)(\*?)$/.exec(text);
  if (choice) {
    const options = fc.oneof(...choice[1]!.split("|").map(commandOf));
    return choice[2] === "*" ? fc.array(options, { maxLength: 2 }).map((lists) => lists.flat()) : options;
  }
  const word = /^\{(.)\}$/.exec(text);
  return word ? words.get(word[1]!)! : fc.constant([text]);
}

/** What any of the templates stands for, one in a line. */
export function anyOf(lines: string): fc.Arbitrary<string[]> {
  return fc.oneof(...lines.trim().split("\n").map(commandOf));
}

/** A command, now and then with an argument too few or too many, or its name in other letters. */
const plainCommand: fc.Arbitrary<string[]> = fc
  .tuple(anyOf(templates), fc.integer({ min: 0, max: 40 }))
  .map(([command, change]) => {
    // Without a count these choose at random.
    if (change === 0) return command.length > 1 && !/RAND|^SPOP/.test(command[0]!) ? command.slice(0, -1) : command;
    if (change === 1) return [...command, "extra"];
    return change === 2 ? [command[0]!.toLowerCase(), ...command.slice(1)] : command;
  });

/** Scripts that call what their arguments say. */
export const callingScripts: readonly string[] = [
  "return redis.call(unpack(ARGV))",
  "return redis.pcall(unpack(ARGV))",
  "local reply = redis.pcall(unpack(ARGV)) redis.call('INCRBY', 'a', 1) return reply",
];

/** A command that a script calls, which names no keys. What tells of channels is refused there. */
const calledCommand: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.constantFrom(...callingScripts),
    plainCommand.filter(([name = ""]) => name.toLowerCase() !== "pubsub"),
  )
  .map(([script, command]) => ["EVAL", script, "0", ...command]);

/** Any command, of a client or of its script. */
export const anyCommand: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 9, arbitrary: plainCommand },
  { weight: 1, arbitrary: calledCommand },
);

/** A few commands on few keys, so that they meet. */
export const commandSequence: fc.Arbitrary<string[][]> = fc.array(anyCommand, {
  minLength: 1,
  maxLength: 30,
  size: "max",
});
