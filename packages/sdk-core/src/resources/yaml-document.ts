/** One document of a YAML file: a mapping as plain values, and where its parts are. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of a value, from 1, or of the nearest parent that exists. */
  lineOf(path: readonly (string | number)[]): number;
}
