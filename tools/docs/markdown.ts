import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../workspace.js";

/** A page of the documentation. */
export interface Page {
  /** Path from the root of the repository. */
  readonly name: string;
  readonly text: string;
}

/** A fenced block: the words after its fence, and what stands between. */
export interface Fence {
  readonly language: string;
  /** The word after the language: `run`, `run-on-daprd`, `resource`, `output`, or the name of a file. */
  readonly mark: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The pages in a folder and the folders below; not the API reference, which is generated. */
function pagesBelow(folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith("docs/api/"));
}

/** Reads one page. */
export function readPage(name: string): Page {
  return { name, text: readFileSync(join(root, name), "utf8") };
}

/** Every page that people read: the root's, `docs`, and those that `docs` leads to. */
export function readPages(): readonly Page[] {
  const names = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...names, ...pagesBelow("docs"), "components/README.md"].sort().map(readPage);
}

/** The fenced blocks of a page, in order. */
export function fencesOf({ text }: Page): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { words: readonly string[]; line: number; code: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open === undefined) {
      if (fence !== null) open = { words: (fence[1] ?? "").split(" "), line: index + 1, code: [] };
    } else if (fence === null) {
      open.code.push(line);
    } else {
      const [language = "", mark = ""] = open.words;
      fences.push({ language, mark, code: open.code.join("\n"), line: open.line });
      open = undefined;
    }
  }
  return fences;
}

/** The rows of all tables of a page but their headings, as cells. */
export function tableRowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line, index, lines) => line.startsWith("|") && !isRuler(line) && !isRuler(lines[index + 1] ?? ""))
    .map((line) =>
      line
        .replace(/^\||\|$/g, "")
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

function isRuler(line: string): boolean {
  return /^\|[\s|:-]+\|$/.test(line);
}

/** What stands in backticks. */
export function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

/** What a sample is said to print: the block marked `output` that comes next. */
export function outputAfter(sample: Fence, fences: readonly Fence[]): string | undefined {
  const next = fences[fences.indexOf(sample) + 1];
  const following = next?.mark.includes(".") === true ? fences[fences.indexOf(next) + 1] : next;
  return following?.mark === "output" ? following.code : undefined;
}
