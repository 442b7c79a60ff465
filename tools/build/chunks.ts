import type { CodeSplittingNameFunction } from "rolldown";

type ReadModule = Parameters<CodeSplittingNameFunction>[1]["getModuleInfo"];

/** Whether a module and all that it imports is written by hand in the package, and needs nothing but errors from elsewhere. */
function isSmall(id: string, source: string, read: ReadModule, seen: Set<string>): boolean {
  if (seen.has(id) || id === "@mecha/spec") return true;
  seen.add(id);
  if (!id.startsWith(source) || id.includes("/generated/")) return false;
  return read(id)?.importedIds.every((imported) => isSmall(imported, source, read, seen)) ?? false;
}

/**
 * Says which modules share one chunk: what is small, needs nothing else and is used from several places. Without it each such
 * module is a file of its own, and reading a file takes longer than its content. All else stays apart, so that nothing is loaded
 * that is not used.
 *
 * @param source - the folder of the package's sources, with a slash at its end
 */
export function sharedChunk(source: string): CodeSplittingNameFunction {
  return (id, context) => {
    const read: ReadModule = (module) => context.getModuleInfo(module);
    return !read(id)?.isEntry && isSmall(id, source, read, new Set()) ? "shared" : null;
  };
}
