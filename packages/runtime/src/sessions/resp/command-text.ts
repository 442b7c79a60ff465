/** Who hears of commands in a text. */
export interface TextReader {
  /** Takes note of a command that passes as it is, whatever its arguments are; whether it is such a command. */
  passes(name: string): boolean;
}

const asterisk = 42;
const dollar = 36;
const carriageReturn = 13;
const lineFeed = 10;
const zero = 48;
const longestName = 64;
/** Numbers with more digits stand before nothing that a text could hold. */
const mostDigits = 9;

/**
 * Takes note of the commands at the beginning of a text that are complete and pass as they are: nearly always all of it. What comes after
 * them is to be looked at as bytes. Lengths count bytes, so a text with anything but ASCII is left alone.
 *
 * @returns where they end
 */
export function passingText(text: string, reader: TextReader): number {
  if (Buffer.byteLength(text) !== text.length) return 0;
  let at = 0;
  while (at < text.length) {
    const end = endOfPassing(text, at, reader);
    if (end < 0) break;
    at = end;
  }
  return at;
}

/** Where the command that begins at `start` ends, if it passes; else -1. */
function endOfPassing(text: string, start: number, reader: TextReader): number {
  if (text.charCodeAt(start) !== asterisk) return -1;
  const first = endOfNumber(text, start + 1);
  if (first < 0) return -1;
  const count = numberBefore(text, start + 1, first);
  let [name, at] = ["", first];
  for (let word = 0; word < count; word++) {
    if (text.charCodeAt(at) !== dollar) return -1;
    const begin = endOfNumber(text, at + 1);
    if (begin < 0) return -1;
    const end = begin + numberBefore(text, at + 1, begin);
    if (word === 0) {
      if (end - begin > longestName) return -1;
      name = text.slice(begin, end);
    }
    at = end + 2;
    if (at > text.length) return -1;
  }
  return name !== "" && reader.passes(name) ? at : -1;
}

/** Where the line ends that has a number and nothing else, after its line feed; -1 for any other. */
function endOfNumber(text: string, start: number): number {
  let at = start;
  let code = text.charCodeAt(at);
  while (code >= zero && code < zero + 10) code = text.charCodeAt(++at);
  const isNumber = at > start && at - start <= mostDigits;
  return isNumber && code === carriageReturn && text.charCodeAt(at + 1) === lineFeed ? at + 2 : -1;
}

/** The number between its first digit and the end of its line. */
function numberBefore(text: string, start: number, endOfLine: number): number {
  let value = 0;
  for (let at = start; at < endOfLine - 2; at++) value = value * 10 + text.charCodeAt(at) - zero;
  return value;
}
