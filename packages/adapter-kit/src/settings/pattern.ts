/** Says whether a text fits a pattern in which `*` stands for any characters. Case counts. */
export function matchesPattern(pattern: string, text: string): boolean {
  return expressionOf(pattern).test(text);
}

/**
 * Says whether every text that fits `specific` also fits `general`: seen as a text, a pattern's own `*` is only covered
 * by a `*`.
 */
export function coversPattern(general: string, specific: string): boolean {
  return expressionOf(general).test(specific);
}

function expressionOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
