import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { MechaError } from "@mecha/spec";

/** Version of the file's format. */
const formatVersion = 1;

/** What an import is about: another one must not go on with its file. */
export interface ImportSubject {
  /** Where from, without credentials. */
  readonly from: string;
  readonly component: string;
  readonly appId: string;
  readonly match: string;
}

type Line =
  | ({ readonly version: number } & ImportSubject)
  | { readonly key: string; readonly fingerprint: string }
  | { readonly gone: string };

/**
 * Which keys were copied, and what they were like then: a file of lines that only grows, so that an import can be killed at any moment.
 * A line is written when its key has been copied as a whole.
 */
export class ProgressFile {
  /** Fingerprints by latin1 text of the key; empty for a large value. */
  readonly #copied: Map<string, string>;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, copied: Map<string, string>) {
    this.#file = file;
    this.#copied = copied;
  }

  /**
   * Opens the file, or begins it.
   *
   * @throws MechaError `FAILED_PRECONDITION` if it is there and `resumes` is false, or is of another import
   */
  static async open(path: string, subject: ImportSubject, resumes: boolean): Promise<ProgressFile> {
    const isThere = existsSync(path);
    if (isThere && !resumes) {
      throw new MechaError(
        "FAILED_PRECONDITION",
        `${path} is of an import that was begun: pass --resume to go on with it, or remove the file to begin anew`,
      );
    }
    const copied = isThere ? await readLines(path, subject) : undefined;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "a", 0o600);
    const progress = new ProgressFile(file, copied ?? new Map<string, string>());
    // A line that was cut by a kill must not run into the next.
    if (copied !== undefined) await file.appendFile("\n");
    else await progress.#append({ version: formatVersion, ...subject });
    return progress;
  }

  /** Keys that were copied. */
  get keys(): Iterable<Buffer> {
    return [...this.#copied.keys()].map((key) => Buffer.from(key, "latin1"));
  }

  /** What a key was like when it was copied; `undefined` if it was not. */
  fingerprintOf(key: Buffer): string | undefined {
    return this.#copied.get(key.toString("latin1"));
  }

  /** Takes down that a key was copied. */
  async copied(key: Buffer, fingerprint: string): Promise<void> {
    this.#copied.set(key.toString("latin1"), fingerprint);
    await this.#append({ key: key.toString("base64"), fingerprint });
  }

  /** Takes down that a key is in neither place any more. */
  async gone(key: Buffer): Promise<void> {
    this.#copied.delete(key.toString("latin1"));
    await this.#append({ gone: key.toString("base64") });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #append(line: Line): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(line)}\n`);
  }
}

async function readLines(path: string, subject: ImportSubject): Promise<Map<string, string> | undefined> {
  const copied = new Map<string, string>();
  let isFirst = true;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const line = parseLine(text);
    if (line === undefined) continue;
    if (isFirst) checkSubject(path, line, subject);
    isFirst = false;
    if ("key" in line) copied.set(Buffer.from(line.key, "base64").toString("latin1"), line.fingerprint);
    else if ("gone" in line) copied.delete(Buffer.from(line.gone, "base64").toString("latin1"));
  }
  return isFirst ? undefined : copied;
}

/** A line; `undefined` for one that a kill has cut. */
function parseLine(text: string): Line | undefined {
  try {
    // Only `ProgressFile` writes these lines.
    return text === "" ? undefined : (JSON.parse(text) as Line);
  } catch {
    return undefined;
  }
}

function checkSubject(path: string, line: Line, subject: ImportSubject): void {
  const header = "version" in line ? line : undefined;
  if (header?.version !== formatVersion) {
    throw new MechaError(
      "FAILED_PRECONDITION",
      `${path} is no progress file of this version of Mecha; begin anew without it`,
    );
  }
  const other = (["from", "component", "appId", "match"] as const).find((name) => header[name] !== subject[name]);
  if (other === undefined) return;
  throw new MechaError(
    "FAILED_PRECONDITION",
    `${path} is of another import: its ${other} is "${header[other]}" and not "${subject[other]}"`,
  );
}
