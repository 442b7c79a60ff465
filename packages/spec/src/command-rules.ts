import { MechaError } from "./mecha-error.js";

/** Metadata of a Redis component that says which commands it takes, in native sessions and by the operation `command` of its binding. */
export const commandRulesKey = "mecha.sessionCommands";

/** What is denied unless the YAML allows it: what changes the server for everybody, or takes everybody's keys away. */
const deniedByDefault: readonly string[] = [
  ..."acl config|resetstat config|rewrite config|set debug failover flushall module".split(" "),
  ..."psync replicaof replconf shutdown slaveof sync".split(" "),
];

/** Without these no client gets a connection ready, or ends it; only a rule that names one denies it. */
const setup: ReadonlySet<string> = new Set([
  ..."auth client|getname client|id client|setinfo client|setname command command|docs discard".split(" "),
  ..."echo exec hello info multi ping quit reset select".split(" "),
]);

const containers: ReadonlySet<string> = new Set([
  ..."acl client cluster command config debug function latency memory module".split(" "),
  ..."object pubsub script sentinel slowlog xgroup xinfo".split(" "),
]);

/** Whether a command of Redis, its name in lower case, is named with its first argument, as `CONFIG SET` is. */
export function isCommandContainer(name: string): boolean {
  return containers.has(name);
}

/** A command's name as `INFO commandstats` of Redis writes it: `get`, `config|set`. */
export function fullCommandName(name: string, firstArgument: string | undefined): string {
  const lowerCase = name.toLowerCase();
  if (firstArgument === undefined || !isCommandContainer(lowerCase)) return lowerCase;
  return `${lowerCase}|${firstArgument.toLowerCase()}`;
}

/** Says of a command, named as by {@link fullCommandName}, whether it is allowed. */
export type CommandRules = (fullName: string) => boolean;

/**
 * Reads which commands of Redis a component takes: words `+name` and `-name`, with `*` for all and `config|set` for one of a
 * container's; the last word that fits counts. Without any, all are taken but those that concern everybody. What sets a connection
 * up is denied by its name only, not by `*`.
 *
 * Example: `-* +get +set +del` takes only these, `+flushall -keys` changes the defaults.
 *
 * @param text - the value of {@link commandRulesKey}
 * @param component - its name, for errors
 * @throws MechaError `CONFIGURATION_INVALID` for a word that is none of these
 */
export function readCommandRules(text: string, component: string): CommandRules {
  const words = text.split(/[\s,]+/u).filter((word) => word !== "");
  const given = words.map((word) => readRule(word, component));
  const rules = [...deniedByDefault.map((name) => ({ name, isAllowed: false })), ...given].toReversed();
  return (fullName) => {
    const [container = fullName] = fullName.split("|", 1);
    const found = rules.find(({ name }) => name === fullName || name === container || name === "*");
    if (found?.name === "*" && setup.has(fullName)) return true;
    return found?.isAllowed ?? true;
  };
}

function readRule(word: string, component: string): { readonly name: string; readonly isAllowed: boolean } {
  if (/^[+-](?:\*|[a-z][\w.|-]*)$/iu.test(word)) {
    return { name: word.slice(1).toLowerCase(), isAllowed: word.startsWith("+") };
  }
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `${commandRulesKey} of component "${component}" has the word "${word}"; allowed: +name or -name, as in "-* +get +config|get"`,
    { component },
  );
}
