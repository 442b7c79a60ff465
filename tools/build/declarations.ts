import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root, type WorkspacePackage } from "../workspace.js";
import { declarationsFolder } from "./projects.js";

/**
 * The declarations that users of some entries can see: those of the entries, and what they import.
 *
 * @param folder - where the compiler put the declarations
 * @param entries - names without extension, relative to the folder
 * @returns paths relative to the folder
 */
export function visibleDeclarations(folder: string, entries: readonly string[]): readonly string[] {
  const seen = new Set(entries.map((entry) => `${entry}.d.ts`));
  for (const file of seen) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, imported = ""] of text.matchAll(/\b(?:from |import\(|import )"(\.[^"]+)\.js"/gu)) {
      seen.add(`${join(dirname(file), imported)}.d.ts`);
    }
  }
  return [...seen];
}

/**
 * Writes the declarations that users can see beside the bundle, once: both formats export the same, and a class with private
 * members that was declared twice would be two types. Those of ES modules name the others.
 */
export function writeDeclarations(member: WorkspacePackage, entries: readonly string[]): void {
  const folder = declarationsFolder(member, "cjs");
  const target = join(root, member.folder, "dist");
  for (const file of visibleDeclarations(folder, entries)) cpSync(join(folder, file), join(target, "cjs", file));
  for (const entry of entries) {
    const file = join(target, "esm", `${entry}.d.ts`);
    const declared = relative(dirname(file), join(target, "cjs", `${entry}.js`));
    writeFileSync(file, `export * from "${declared}";\n`);
  }
}
