import { MechaError } from "@mecha/spec";

/** Metadata of a component that says which commands its native sessions take. */
export const commandsKey = "mecha.sessionCommands";

/** What is denied unless the YAML allows it: what changes the server for everybody, or takes everybody's keys away. */
const deniedByDefault: readonly string[] = [
  "acl",
  "config|resetstat",
  "config|rewrite",
  "config|set",
  "debug",
  "failover",
  "flushall",
  "module",
  "psync",
  "replicaof",
  "replconf",
  "shutdown",
  "slaveof",
  "sync",
];

/** Without these no client gets a connection ready, or ends it; only a rule that names one denies it. */
const setup: ReadonlySet<string> = new Set(
  "auth client|getname client|id client|setinfo client|setname command command|docs discard echo exec hello info multi ping quit reset select".split(
    " ",
  ),
);

/** Says of a command, named as in `INFO commandstats`, whether it is allowed. */
type CommandRules = (fullName: string) => boolean;

/**
 * Reads which commands a session takes: words `+name` and `-name`, with `*` for all, `config|set` for one of a container's;
 * the last word that fits counts. Without any, all are allowed but those that change the server for everybody.
 *
 * Example: `-* +get +set +del` takes only these, `+flushall -keys` changes the defaults.
 *
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
  const name = word.slice(1).toLowerCase();
  if (/^[+-](?:\*|[a-z][\w.|-]*)$/iu.test(word)) return { name, isAllowed: word.startsWith("+") };
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `${commandsKey} of component "${component}" has the word "${word}"; allowed: +name or -name, as in "-* +get +config|get"`,
    { component },
  );
}
