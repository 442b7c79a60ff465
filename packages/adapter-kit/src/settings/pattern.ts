/** Says whether a text fits a pattern in which `*` stands for any characters. Case counts. */
export function matchesPattern(pattern: string, text: string): boolean {
  let [inPattern, inText] = [0, 0];
  // Where to go on when what follows the last `*` does not fit: the `*` takes one character more. Never further back, so a
  // pattern of many `*` takes no longer than its length times that of the text.
  let [star, taken] = [-1, 0];
  while (inText < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++;
      taken = inText;
    } else if (pattern[inPattern] === text[inText]) {
      inPattern++;
      inText++;
    } else if (star >= 0) {
      inPattern = star + 1;
      inText = ++taken;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}

/**
 * Says whether every text that fits `specific` also fits `general`: seen as a text, a pattern's own `*` is only covered
 * by a `*`.
 */
export function coversPattern(general: string, specific: string): boolean {
  return matchesPattern(general, specific);
}
