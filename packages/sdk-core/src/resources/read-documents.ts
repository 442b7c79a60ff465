import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { invalidResource } from "./invalid-resource.js";
import type { YamlDocument } from "./yaml-documents.js";

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
    for (const file of resourceFiles(path)) documents.push(...(await readFileDocuments(file)));
  }
  return documents;
}

function resourceFiles(path: string): readonly string[] {
  const found = attempt(
    () => statSync(path),
    (cause) =>
      invalidResource(
        `The resources path "${path}" cannot be read. Point DAPR_RESOURCES_PATHS at a folder of component files, or create it.`,
        cause,
      ),
  );
  if (!found.isDirectory()) return [path];
  const names = readdirSync(path)
    .filter((name) => [".yaml", ".yml", ".json"].includes(extname(name)))
    .sort();
  // Kubernetes mounts files as links, so what a name stands for is asked and not read from the folder.
  return names
    .map((name) => join(path, name))
    .filter(
      (file) =>
        !attempt(
          () => statSync(file),
          (cause) => unreadable(file, cause),
        ).isDirectory(),
    );
}

/** Files of this size are there before a promise would be; and reading them so loads nothing. */
async function readFileDocuments(file: string): Promise<readonly ResourceDocument[]> {
  const bytes = attempt(
    () => readFileSync(file),
    (cause) => unreadable(file, cause),
  );
  if (bytes.length > maximumFileBytes) {
    throw invalidResource(
      `${file} is ${String(bytes.length)} bytes large; resource files may have ${String(maximumFileBytes)}`,
    );
  }
  const text = bytes.toString("utf8");
  const deepLine = lineTooDeep(text);
  if (deepLine !== undefined)
    throw invalidResource(`${file}:${String(deepLine)} is nested deeper than ${String(maximumDepth)} levels`);
  const { readYamlDocuments } = await import("./yaml-documents.js");
  return readYamlDocuments(text, file).map((document) => toResource(document, file));
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

function toResource(document: YamlDocument, file: string): ResourceDocument {
  const locate = (path: readonly (string | number)[]): string => `${file}:${String(document.lineOf(path))}`;
  // What is read of YAML is checked here.
  const value = document.value as {
    apiVersion?: unknown;
    kind?: unknown;
    metadata?: { name?: unknown } | null;
    scopes?: unknown;
  };
  const { apiVersion, kind, metadata, scopes } = value;
  if (typeof kind !== "string")
    throw invalidResource(
      `${locate([])} has no "kind". Dapr's kinds are Component, Configuration, Resiliency, Subscription, HTTPEndpoint; Mecha's is Adapters.`,
    );
  if (scopes !== undefined && scopes !== null && !isStringArray(scopes))
    throw invalidResource(`${locate(["scopes"])}: "scopes" must be a list of app ids`);
  return {
    file,
    line: document.lineOf([]),
    apiVersion: typeof apiVersion === "string" ? apiVersion : "",
    kind,
    name: typeof metadata?.name === "string" ? metadata.name : "",
    scopes: scopes ?? [],
    value,
    locate,
  };
}

function attempt<T>(read: () => T, failure: (cause: unknown) => Error): T {
  try {
    return read();
  } catch (cause) {
    throw failure(cause);
  }
}

function unreadable(file: string, cause: unknown): Error {
  return invalidResource(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
