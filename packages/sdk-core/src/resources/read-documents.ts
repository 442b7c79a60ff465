import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { MechaError } from "@mecha/spec";
import { isMap, isScalar, LineCounter, parseAllDocuments, type Document } from "yaml";

/** Larger files are no resources; reading them would only help an attacker. */
const maximumFileBytes = 1024 * 1024;

/** Deeper nesting is no resource either; the parser takes its time with it, and its stack ends at some depth. */
const maximumDepth = 200;

/** One YAML document of a resource folder. */
export interface ResourceDocument {
  /** Path of the file, as it was found. */
  readonly file: string;
  /** First line of the document, from 1. */
  readonly line: number;
  readonly apiVersion: string;
  readonly kind: string;
  /** `metadata.name`; empty if absent. */
  readonly name: string;
  /** App ids that the resource is for; empty means all. */
  readonly scopes: readonly string[];
  /** The whole document as plain values. */
  readonly value: unknown;
  /** `file:line` of a value inside the document, for messages. Falls back to the nearest parent that exists. */
  locate(path: readonly (string | number)[]): string;
}

/**
 * Reads every YAML document (`.yaml`, `.yml`, `.json`) in folders and files, in the order of names. Folders are not
 * searched deeper, as with daprd.
 *
 * @throws MechaError `CONFIGURATION_INVALID` that names file and line, for a missing path, broken YAML, a document that is
 * no mapping or has no `kind`.
 */
export async function readResourceDocuments(paths: readonly string[]): Promise<readonly ResourceDocument[]> {
  const documents: ResourceDocument[] = [];
  for (const path of paths) {
    for (const file of await resourceFiles(path)) documents.push(...(await readFileDocuments(file)));
  }
  return documents;
}

async function resourceFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      `The resources path "${path}" cannot be read. Point DAPR_RESOURCES_PATHS at a folder of component files, or create it.`,
      { cause, operation: "resources.read" },
    );
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => [".yaml", ".yml", ".json"].includes(extname(name))).sort();
  const files = names.map((name) => join(path, name));
  // Kubernetes mounts files as links, so what a name stands for is asked and not read from the folder.
  const kinds = await Promise.all(files.map((file) => stat(file).catch((cause: unknown) => unreadable(file, cause))));
  return files.filter((_, index) => kinds[index]?.isDirectory() === false);
}

async function readFileDocuments(file: string): Promise<readonly ResourceDocument[]> {
  const bytes = await readFile(file).catch((cause: unknown) => unreadable(file, cause));
  if (bytes.length > maximumFileBytes) {
    throw invalid(
      `${file} is ${String(bytes.length)} bytes large; resource files may have ${String(maximumFileBytes)}`,
    );
  }
  const text = bytes.toString("utf8");
  const deepLine = lineTooDeep(text);
  if (deepLine !== undefined)
    throw invalid(`${file}:${String(deepLine)} is nested deeper than ${String(maximumDepth)} levels`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: "1.2",
    schema: "core",
  });
  const documents: readonly Document[] = Array.isArray(parsed) ? (parsed as Document[]) : [];
  return documents
    .filter((document) => !isEmpty(document) || document.errors.length > 0)
    .map((document) => toResource(document, file, lines));
}

const deepMarkers = new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${String(maximumDepth)}}`);

/** The first line at which brackets, or the markers that a line begins with, are nested too deep. Brackets in text count too: it is not parsed yet. */
function lineTooDeep(text: string): number | undefined {
  let depth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    for (const character of line) {
      if (character === "[" || character === "{") depth++;
      else if ((character === "]" || character === "}") && depth > 0) depth--;
      if (depth > maximumDepth) return index + 1;
    }
    if (deepMarkers.test(line)) return index + 1;
    if (/^(?:---|\.\.\.)/.test(line)) depth = 0;
  }
  return undefined;
}

/** Comments alone, or nothing between two separators, as templates leave it. */
function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function toResource(document: Document, file: string, lines: LineCounter): ResourceDocument {
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const [reason = problem.message] = problem.message.split("\n");
    throw invalid(
      `${file}:${String(line)}:${String(col)} is not valid YAML: ${reason.replace(/ at line \d+, column \d+:?$/, "")}`,
      problem,
    );
  }
  const locate = (path: readonly (string | number)[]): string => `${file}:${String(lineOf(document, path, lines))}`;
  if (!isMap(document.contents))
    throw invalid(`${locate([])} is no resource: a mapping with apiVersion, kind and metadata is expected`);
  const value = toValue(document, locate([])) as {
    apiVersion?: unknown;
    kind?: unknown;
    metadata?: { name?: unknown } | null;
    scopes?: unknown;
  };
  const { apiVersion, kind, metadata, scopes } = value;
  if (typeof kind !== "string")
    throw invalid(
      `${locate([])} has no "kind". Dapr's kinds are Component, Configuration, Resiliency, Subscription, HTTPEndpoint; Mecha's is Adapters.`,
    );
  if (scopes !== undefined && scopes !== null && !isStringArray(scopes))
    throw invalid(`${locate(["scopes"])}: "scopes" must be a list of app ids`);
  return {
    file,
    line: lineOf(document, [], lines),
    apiVersion: typeof apiVersion === "string" ? apiVersion : "",
    kind,
    name: typeof metadata?.name === "string" ? metadata.name : "",
    scopes: scopes ?? [],
    value,
    locate,
  };
}

/** Aliases are expanded at most 100 times (yaml's default), so a small file cannot become a large value. */
function toValue(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw invalid(`${place} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function unreadable(file: string, cause: unknown): never {
  throw invalid(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
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

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function invalid(message: string, cause?: unknown): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { cause, operation: "resources.read" });
}
