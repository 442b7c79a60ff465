import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import { expect, it, onTestFinished } from "vitest";
import { keyPositions } from "./key-positions.js";

/** What COMMAND tells of one: name, arity, flags, first key, last key, step, …, and at the end its subcommands. */
type CommandInfo = readonly [string, number, readonly string[], number, number, number, ...unknown[]];

/** Commands that reach keys without naming them, are the server's own affair, or name channels in the place of keys. */
const untold = new Set(
  `acl bgrewriteaof bgsave dbsize debug failover flushall flushdb keys lastsave migrate module monitor pfdebug pfselftest psync randomkey
   replconf replicaof save shutdown slaveof swapdb sync spublish ssubscribe sunsubscribe`.split(/\s+/u),
);

const examples = [
  "eval return 2 a b c",
  "eval_ro return 0 x",
  "fcall f 1 a b",
  "zunionstore to 2 a b weights 1 2",
  "zinter 2 a b withscores",
  "sintercard 2 a b limit 1",
  "lmpop 2 a b left",
  "blmpop 0 2 a b left",
  "bzmpop 0 1 a min",
  "zmpop 1 a min",
  "xread count 2 block 0 streams a b 0 0",
  "xreadgroup group g c streams a >",
  "georadius a 1 2 3 km count 5 store b",
  "georadiusbymember a m 3 km storedist b",
  "sort a by w_* get # limit 0 5 store b",
  "sort_ro a by w_*",
  "bitop and to a b",
  "mset a 1 b 2",
  "blpop a b 0",
  "object encoding a",
  "xgroup create a g $",
  "copy a b db 1",
];

describeWith("redis", "the keys of commands", (on) => {
  it("are where Redis says, of every command that it has", async () => {
    const redis = new Redis(on.redis.port, on.redis.host);
    onTestFinished(() => redis.disconnect());
    const infos = ((await redis.call("COMMAND")) as readonly CommandInfo[]).flatMap((info) => [
      info,
      ...(info.at(-1) as readonly CommandInfo[]),
    ]);
    expect(infos.length).toBeGreaterThan(200);
    const differences = infos.filter(([name, arity, flags, first, last, step, ...more]) => {
      const hasSubcommands = (more.at(-1) as readonly unknown[]).length > 0;
      if (flags.includes("movablekeys") || untold.has(name) || untold.has(name.split("|")[0] ?? "")) return false;
      if (hasSubcommands && first === 0) return false;
      const words = Array.from({ length: Math.max(Math.abs(arity), 1) + (arity < 0 ? 4 : 0) }, () => "1");
      const end = last < 0 ? words.length + last : last;
      const expected =
        first === 0
          ? []
          : words.flatMap((_, at) => (at >= first && at <= end && (at - first) % step === 0 ? [at] : []));
      return JSON.stringify(keyPositions(name, words)) !== JSON.stringify(expected);
    });
    expect(differences.map(([name]) => name)).toEqual([]);
  });

  it("are where Redis finds them by the command's words", async () => {
    const redis = new Redis(on.redis.port, on.redis.host);
    onTestFinished(() => redis.disconnect());
    for (const example of examples) {
      const words = example.split(" ");
      const [name = "", second = ""] = words;
      const fullName = name === "object" || name === "xgroup" ? `${name}|${second}` : name;
      const found = (keyPositions(fullName, words) ?? []).map((at) => words[at]);
      expect([example, [...found].sort()]).toEqual([
        example,
        [...((await redis.call("COMMAND", "GETKEYS", ...words)) as string[])].sort(),
      ]);
    }
  });
});
