import type { CodeSplittingNameFunction } from "rolldown";

type ReadModule = Parameters<CodeSplittingNameFunction>[1]["getModuleInfo"];

/** Whether a module and all that it imports is written by hand in the package, and needs nothing but errors from elsewhere. */
function isSmall(id: string, source: string, read: ReadModule, seen: Set<string>): boolean {
  if (seen.has(id) || id === "@mecha/spec") return true;
  seen.add(id);
  if (!id.startsWith(source) || id.includes("/generated/")) return false;
  return read(id)?.importedIds.every((imported) => isSmall(imported, source, read, seen)) ?? false;
}

/** How much of the package comes with a module, in characters of source: itself and all that it imports. */
function weightOf(id: string, source: string, read: ReadModule, seen: Set<string>): number {
  if (seen.has(id) || !id.startsWith(source)) return 0;
  seen.add(id);
  const { code, importedIds = [] } = read(id) ?? {};
  return importedIds.reduce((sum, imported) => sum + weightOf(imported, source, read, seen), code?.length ?? 0);
}

/** Whether who imports an entry loads a module at once. */
function isNeededAtOnce(id: string, entry: string, read: ReadModule, seen: Set<string>): boolean {
  if (id === entry) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return read(id)?.importers.some((importer) => isNeededAtOnce(importer, entry, read, seen)) ?? false;
}

/** Messages that those of nearly all building blocks have in them. */
const commonMessages = /\/generated\/(?:dapr\/proto\/common\/|google\/protobuf\/(?:any|duration|empty|timestamp)\.)/u;

/** What comes along with something else weighs less than reading one more file, in characters of source. */
const lightest = 4_000;

/**
 * Says which modules share a chunk. Without it each module that is used from several places is a file of its own, and reading a file
 * takes longer than its content. All that the main entry needs at once is in one, and the small modules in another that come with
 * next to nothing. Everything else stays for itself, so that nothing is loaded that is not used.
 *
 * @param source - the folder of the package's sources, with a slash at its end
 * @param entry - the package's main module
 */
export function sharedChunk(source: string, entry: string): CodeSplittingNameFunction {
  return (id, context) => {
    const read: ReadModule = (module) => context.getModuleInfo(module);
    if (read(id)?.isEntry) return null;
    if (isNeededAtOnce(id, entry, read, new Set())) return "shared";
    if (commonMessages.test(id)) return "common";
    const isLight = isSmall(id, source, read, new Set()) && weightOf(id, source, read, new Set()) <= lightest;
    return isLight ? "light" : null;
  };
}
