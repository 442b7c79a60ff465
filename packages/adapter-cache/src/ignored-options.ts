import { debuglog } from "node:util";

const debug = debuglog("mecha");
const said = new Set<string>();

/**
 * Says of options that a client was given and that have no effect here: the components' YAML decides in their place. Once a
 * process for each, and only where `NODE_DEBUG` names `mecha`.
 *
 * @param client - the legacy library
 */
export function sayIgnored(client: string, options: readonly string[]): void {
  for (const option of options) {
    const sentence = `${client}: ${option} has no effect, the component's YAML decides`;
    if (said.has(sentence)) continue;
    said.add(sentence);
    debug(sentence);
  }
}
