import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Reads a list in the format of `sha256sum`: file name to digest. */
async function readList(listFile: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readFile(listFile, "utf8")).split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

async function wrongs(folder: string, expected: ReadonlyMap<string, string>): Promise<string[]> {
  const present = new Set((await readdir(folder)).filter((name) => name.endsWith(".jar")));
  const found: string[] = [];
  for (const name of present) {
    if (!expected.has(name)) found.push(`${name} is not on the list`);
  }
  for (const [name, digest] of expected) {
    if (!present.has(name)) {
      found.push(`${name} was not delivered`);
      continue;
    }
    const actual = await sha256Of(join(folder, name));
    if (actual !== digest) found.push(`${name} has ${actual}, the list says ${digest}`);
  }
  return found;
}

/** Holds the jars of a folder against a committed list; throws unless they are exactly those, byte for byte. */
export async function verifyJars(folder: string, listFile: string): Promise<void> {
  const found = await wrongs(folder, await readList(listFile));
  if (found.length === 0) return;
  const rest = found.length > 10 ? [`and ${found.length - 10} more`] : [];
  throw new Error(
    [
      `the jars differ from those that ${listFile} lists by SHA-256; nothing was installed:`,
      ...found.slice(0, 10),
      ...rest,
    ].join("\n  "),
  );
}
