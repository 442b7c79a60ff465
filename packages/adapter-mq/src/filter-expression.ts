/** Which messages of a topic a consumer wants. */
export type FilterExpression =
  | { readonly type: "tag"; readonly expression: string }
  | { readonly type: "sql92"; readonly expression: string };

/** Everything. */
export const allMessages: FilterExpression = { type: "tag", expression: "*" };

/**
 * Makes the test that a tag expression (`A || B`, `*`) stands for. RocketMQ compares hashes of tags, other brokers nothing at
 * all, so it is applied to every message again. SQL92 is left to the broker.
 */
export function tagTest({ type, expression }: FilterExpression): (tag: string | undefined) => boolean {
  const wanted = new Set(
    expression
      .split("||")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  );
  if (type === "sql92" || wanted.size === 0 || expression === "*") return () => true;
  return (tag) => tag !== undefined && wanted.has(tag);
}
