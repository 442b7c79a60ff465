import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** A package that stands in for another, and what tells its own original from further copies. */
export interface DropIn {
  /** The legacy package whose name it takes: `ioredis`. */
  readonly name: string;
  /** What a package.json asks for to get it: `npm:@mecha/ioredis@^5.11.0`. */
  readonly replacement: string;
  /** Something that the original exports, as the drop-in got it from the copy that it builds on. */
  readonly upstream: unknown;
}

/** What Node keeps of a CommonJS module, by file: the shape of `require.cache`. */
export type LoadedModules = Readonly<Record<string, LoadedModule | undefined>>;

interface LoadedModule {
  readonly exports: unknown;
  /** The modules that it required. Empty for ES modules and under Jest. */
  readonly children: readonly { readonly filename: string | null }[];
}

/** A copy of an original that code outside Mecha uses. */
export interface FoundOriginal {
  /** Its folder. */
  readonly folder: string;
  /** The package that required it, where Node knows. */
  readonly importer?: string;
}

/**
 * Finds copies of a drop-in's original that something else than Mecha has loaded.
 *
 * A copy of its own is found by its folder, however it was loaded. Where the package manager gives everybody one physical
 * copy (pnpm, Yarn's PnP), it is found by who required it, so an ES module that imports just that copy is not seen; nor
 * is anything in a bundle, where there are no folders.
 */
export function findOriginals(
  { name, upstream }: Pick<DropIn, "name" | "upstream">,
  modules: LoadedModules,
): readonly FoundOriginal[] {
  const copies = copiesOf(name, modules);
  return [...copies].flatMap(([folder, exported]) => {
    const importers = importersOf(folder, modules);
    const strangers = importers.filter((importer) => importer !== undefined && !importer.startsWith("@mecha/"));
    const isOurs =
      exported.some((exports) => exposes(exports, upstream)) ||
      importers.some((importer) => importer?.startsWith("@mecha/"));
    if (isOurs && strangers.length === 0) return [];
    return [{ folder, ...(strangers[0] !== undefined && { importer: strangers[0] }) }];
  });
}

/** Folders under the original's name that hold the original, with what their modules export. */
function copiesOf(name: string, modules: LoadedModules): ReadonlyMap<string, readonly unknown[]> {
  const copies = new Map<string, unknown[]>();
  const part = join(sep, "node_modules", name, sep);
  for (const [file, loaded] of Object.entries(modules)) {
    const folder = file.slice(0, file.lastIndexOf(part) + part.length - 1);
    if (!file.startsWith(folder + sep) || !folder.endsWith(name)) continue;
    const known = copies.get(folder);
    if (known) known.push(loaded?.exports);
    else if (nameIn(folder) === name) copies.set(folder, [loaded?.exports]);
  }
  return copies;
}

/** The packages outside a folder that required something in it; undefined for files of no package. */
function importersOf(folder: string, modules: LoadedModules): readonly (string | undefined)[] {
  const inside = folder + sep;
  const importers = Object.entries(modules).filter(
    ([file, loaded]) =>
      !file.startsWith(inside) && loaded?.children.some(({ filename }) => filename?.startsWith(inside)),
  );
  return importers.map(([file]) => packageOf(dirname(file)));
}

/** Only plain properties are read: some originals load parts of themselves by getters. */
function exposes(exported: unknown, wanted: unknown): boolean {
  if (exported === wanted) return true;
  if (typeof exported !== "object" && typeof exported !== "function") return false;
  return Object.values(Object.getOwnPropertyDescriptors(exported ?? {})).some(({ value }) => value === wanted);
}

/** The name of the nearest package.json that has one. */
function packageOf(folder: string): string | undefined {
  return nameIn(folder) ?? (dirname(folder) === folder ? undefined : packageOf(dirname(folder)));
}

function nameIn(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  try {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { readonly name?: string };
    return name;
  } catch {
    return undefined; // not ours to judge: Node may never read this one
  }
}
