/** Members of an object, by their names in lower case. */
export type AnswerFields = Readonly<Record<string, unknown>>;

/**
 * The members of an object in an app's JSON answer, by their names in lower case: daprd reads them in any case, and SDKs rest on it
 * (`pubsubName` of the Java SDK is `pubsubname` of the others). None for what is no object.
 */
export function fieldsOf(value: unknown): AnswerFields {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}
