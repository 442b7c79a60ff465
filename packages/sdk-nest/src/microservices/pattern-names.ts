/**
 * The method under which a pattern is invoked. Letters, digits and `. _ - /` stay as they are; of the rest each byte is `~` and
 * two digits, because runtimes and HTTP servers treat percent signs differently: `{"cmd":"sum"}` is `~7b~22cmd~22~3a~22sum~22~7d`.
 */
export function methodOf(route: string): string {
  return route.replaceAll(/[^\w./-]/gu, (character) =>
    [...Buffer.from(character, "utf8")].map((byte) => `~${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** The topic of a pattern: a text is one itself, with wildcards where the broker has them; an object is named as a method. */
export function topicOf(route: string): string {
  return route.startsWith("{") ? methodOf(route) : route;
}
