/** Commands that are named with their first argument, as in `CONFIG SET`; `INFO commandstats` tells them apart. */
const containers: ReadonlySet<string> = new Set(
  "acl client cluster command config debug function latency memory module object pubsub script sentinel slowlog xgroup xinfo".split(
    " ",
  ),
);

/** Whether what a command does stands in its first argument. */
export function isContainer(name: string): boolean {
  return containers.has(name);
}

/** A command's name as `INFO commandstats` writes it: `get`, `config|set`. */
export function fullName(name: string, subcommand: string | undefined): string {
  return subcommand === undefined || !isContainer(name) ? name : `${name}|${subcommand.toLowerCase()}`;
}
