/**
 * Says whether text matches a pattern of Redis: `*`, `?`, `[abc]`, `[^a]`, `[a-c]`, and `\` before a character that
 * stands for itself.
 *
 * @param pattern - latin1 text
 * @param text - latin1 text
 */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchesFrom(pattern, 0, text, 0);
}

function matchesFrom(pattern: string, patternStart: number, text: string, textStart: number): boolean {
  let at = textStart;
  for (let index = patternStart; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "*") {
      while (pattern.charAt(index + 1) === "*") index++;
      if (index + 1 === pattern.length) return true;
      for (let rest = at; rest <= text.length; rest++) if (matchesFrom(pattern, index + 1, text, rest)) return true;
      return false;
    }
    if (at >= text.length) return false;
    if (character === "[") {
      const group = readGroup(pattern, index + 1);
      if (group.contains(text.charAt(at)) === group.negated) return false;
      index = group.end;
    } else if (character !== "?") {
      const literal = character === "\\" && index + 1 < pattern.length ? pattern.charAt(++index) : character;
      if (literal !== text.charAt(at)) return false;
    }
    at++;
  }
  return at === text.length;
}

interface Group {
  readonly negated: boolean;
  /** Index of the closing bracket, or of the last character if there is none. */
  readonly end: number;
  contains(character: string): boolean;
}

function readGroup(pattern: string, start: number): Group {
  const negated = pattern.charAt(start) === "^";
  const ranges: [string, string][] = [];
  let index = negated ? start + 1 : start;
  for (; index < pattern.length && pattern.charAt(index) !== "]"; index++) {
    if (pattern.charAt(index) === "\\" && index + 1 < pattern.length) index++;
    const first = pattern.charAt(index);
    if (pattern.charAt(index + 1) === "-" && index + 2 < pattern.length) {
      const last = pattern.charAt(index + 2);
      ranges.push(first <= last ? [first, last] : [last, first]);
      index += 2;
    } else ranges.push([first, first]);
  }
  const contains = (character: string): boolean =>
    ranges.some(([first, last]) => character >= first && character <= last);
  return { negated, end: Math.min(index, pattern.length - 1), contains };
}
