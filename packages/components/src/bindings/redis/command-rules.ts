import { MechaError } from "@mecha/spec";

/** Metadata of a component that says which commands it takes, natively in sessions and by the `command` operation. */
export const commandsKey = "mecha.sessionCommands";

/** What is denied unless the YAML allows it: what changes the server for everybody, or takes everybody's keys away. */
const deniedByDefault: readonly string[] = [
  ..."acl config|resetstat config|rewrite config|set debug failover flushall module".split(" "),
  ..."psync replicaof replconf shutdown slaveof sync".split(" "),
];

/** Commands that are named together with their first argument. */
const containers: ReadonlySet<string> = new Set(
  "acl client cluster command config function latency memory module object pubsub script slowlog xgroup xinfo".split(
    " ",
  ),
);

/** Says of a command, named as in `INFO commandstats`, whether it is allowed. */
export type CommandRules = (fullName: string) => boolean;

/**
 * Reads which commands are taken: words `+name` and `-name`, with `*` for all and `config|set` for one of a container's; the last
 * word that fits counts. Without any, all are but those that concern everybody.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a word that is none of these
 */
export function readCommandRules(text: string, component: string): CommandRules {
  const words = text.split(/[\s,]+/u).filter((word) => word !== "");
  const given = words.map((word) => readRule(word, component));
  const rules = [...deniedByDefault.map((name) => ({ name, isAllowed: false })), ...given].toReversed();
  return (fullName) => {
    const [container = fullName] = fullName.split("|", 1);
    return rules.find(({ name }) => name === fullName || name === container || name === "*")?.isAllowed ?? true;
  };
}

/** The name of a command as `INFO commandstats` has it. */
export function fullNameOf(name: string, firstArgument: string | undefined): string {
  const lower = name.toLowerCase();
  return containers.has(lower) && firstArgument !== undefined ? `${lower}|${firstArgument.toLowerCase()}` : lower;
}

function readRule(word: string, component: string): { readonly name: string; readonly isAllowed: boolean } {
  if (/^[+-](?:\*|[a-z][\w.|-]*)$/iu.test(word)) {
    return { name: word.slice(1).toLowerCase(), isAllowed: word.startsWith("+") };
  }
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `${commandsKey} of component "${component}" has the word "${word}"; allowed: +name or -name, as in "-* +get +config|get"`,
    { component },
  );
}
