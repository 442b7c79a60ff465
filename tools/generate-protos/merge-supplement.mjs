/** The text with comments and strings blanked out, every other character at its place. */
function withoutCommentsAndStrings(text) {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, (found) => found.replace(/[^\n]/g, " "));
}

function closingBrace(masked, from) {
  let depth = 1;
  for (let index = from; index < masked.length; index++) {
    if (masked[index] === "{") depth++;
    else if (masked[index] === "}" && --depth === 0) return index;
  }
  throw new Error("a block is not closed");
}

/** The messages, services and enums of a file, outermost only, each with the place of its members. */
function blocksOf(text) {
  const masked = withoutCommentsAndStrings(text);
  const opening = /\b(message|service|enum)\s+(\w+)\s*\{/g;
  const blocks = [];
  for (let match = opening.exec(masked); match; match = opening.exec(masked)) {
    const close = closingBrace(masked, opening.lastIndex);
    blocks.push({ name: `${match[1]} ${match[2]}`, start: match.index, body: opening.lastIndex, close });
    opening.lastIndex = close + 1;
  }
  return blocks;
}

const header = /^(?:syntax|package|import|option)\b[^\n]*;[^\S\n]*$/gm;

function importsOf(text) {
  return [...text.matchAll(/^import\s+"([^"]+)"\s*;/gm)].map((match) => match[1]);
}

function endOfHeader(text) {
  const last = [...text.matchAll(header)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}

/**
 * Adds to a proto file what a supplement of the same path has more: imports, members of blocks that both have, and
 * whole blocks. What stands in both is left standing twice, for protoc to refuse.
 *
 * @param base - text of the file that is added to
 * @param supplement - text of the file with the additions
 * @returns the text of both
 */
export function mergeSupplement(base, supplement) {
  const present = new Map(blocksOf(base).map((block) => [block.name, block]));
  const missingImports = importsOf(supplement).filter((path) => !importsOf(base).includes(path));
  const insertions = [{ at: endOfHeader(base), text: missingImports.map((path) => `\nimport "${path}";`).join("") }];
  let previous = endOfHeader(supplement);
  for (const { name, start, body, close } of blocksOf(supplement)) {
    const known = present.get(name);
    insertions.push(
      known === undefined
        ? { at: base.length, text: supplement.slice(previous, close + 1) }
        : { at: known.close, text: supplement.slice(body, close) },
    );
    previous = close + 1;
  }
  let merged = "";
  let taken = 0;
  for (const { at, text } of insertions.sort((one, other) => one.at - other.at)) {
    merged += base.slice(taken, at) + text;
    taken = at;
  }
  return `${merged}${base.slice(taken)}\n`;
}
