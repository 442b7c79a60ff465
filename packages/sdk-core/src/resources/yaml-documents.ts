import { type Document, isMap, isScalar, LineCounter, parseAllDocuments } from "yaml";
import { invalidResource } from "./invalid-resource.js";

/** One document of a YAML file: a mapping as plain values, and where its parts are. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of a value, from 1, or of the nearest parent that exists. */
  lineOf(path: readonly (string | number)[]): number;
}

/**
 * Reads the documents of a YAML file that say something.
 *
 * @param file - for messages
 * @throws MechaError `CONFIGURATION_INVALID` that names file and line, for broken YAML and for what is no mapping
 */
export function readYamlDocuments(text: string, file: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: "1.2", schema: "core" });
  const documents: readonly Document[] = Array.isArray(parsed) ? (parsed as Document[]) : [];
  return documents
    .filter((document) => !isEmpty(document) || document.errors.length > 0)
    .map((document) => toDocument(document, file, lines));
}

/** Comments alone, or nothing between two separators, as templates leave it. */
function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function toDocument(document: Document, file: string, lines: LineCounter): YamlDocument {
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const [reason = problem.message] = problem.message.split("\n");
    throw invalidResource(
      `${file}:${String(line)}:${String(col)} is not valid YAML: ${reason.replace(/ at line \d+, column \d+:?$/, "")}`,
      problem,
    );
  }
  const place = `${file}:${String(lineOf(document, [], lines))}`;
  if (!isMap(document.contents))
    throw invalidResource(`${place} is no resource: a mapping with apiVersion, kind and metadata is expected`);
  return { value: toValue(document, place), lineOf: (path) => lineOf(document, path, lines) };
}

/** Aliases are expanded at most 100 times (yaml's default), so a small file cannot become a large value. */
function toValue(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw invalidResource(`${place} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function lineOf(document: Document, path: readonly (string | number)[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0).line;
}
