import { MechaError } from "@mecha/spec";

/** What daprd puts between the prefix of a key and the key. */
const separator = "||";

/**
 * Refuses keys that no runtime takes, before anything is sent. daprd itself takes an empty key in reads, deletes and
 * transactions, and mixes up whatever uses it.
 *
 * @throws MechaError `INVALID_ARGUMENT` (`DAPR_STATE_ILLEGAL_KEY`, as daprd has it) for an empty key and one with `||`
 */
export function checkKey(component: string, key: string): void {
  const problem = keyProblem(component, key);
  if (problem !== undefined) throw problem;
}

/** The error of {@link checkKey}; `undefined` for a key that every runtime takes. */
export function keyProblem(component: string, key: string): MechaError | undefined {
  if (key !== "" && !key.includes(separator)) return undefined;
  const problem =
    key === "" ? "an empty key" : `the key "${key}": "${separator}" stands between a key and its prefix; escape it`;
  return new MechaError("INVALID_ARGUMENT", `State store "${component}" does not take ${problem}`, {
    reason: "DAPR_STATE_ILLEGAL_KEY",
    component,
    metadata: { key },
  });
}

/**
 * Refuses a key that is written twice in one bulk call: runtimes write the items side by side, and either may win.
 *
 * @throws MechaError `INVALID_ARGUMENT`
 */
export function checkDistinct(component: string, items: readonly { readonly key: string }[]): void {
  const keys = new Set<string>();
  for (const { key } of items) {
    if (keys.has(key))
      throw new MechaError(
        "INVALID_ARGUMENT",
        `Key "${key}" is there twice, and either could be written last to state store "${component}"; use a transaction`,
        { component, metadata: { key } },
      );
    keys.add(key);
  }
}
