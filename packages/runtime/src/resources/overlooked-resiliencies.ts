import type { ResourceDocument } from "@mecha/sdk-core/resources";

/** Says of which Resiliency resources daprd would know nothing, as `file:line` and what to do: it reads the first document of a file alone. */
export function overlookedResiliencies(documents: readonly ResourceDocument[]): readonly string[] {
  const files = new Set<string>();
  return documents.flatMap((document) => {
    const { file, kind, name } = document;
    const isFirst = !files.has(file);
    files.add(file);
    if (isFirst || kind !== "Resiliency") return [];
    return `${document.locate([])}: Resiliency "${name}": daprd overlooks a Resiliency that is not the first document of its file. Give it a file of its own.`;
  });
}
