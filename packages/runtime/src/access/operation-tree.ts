/** What a path of an operation leads to. */
interface TreeNode<T> {
  readonly segment: string;
  value: T | undefined;
  readonly children: TreeNode<T>[];
}

/**
 * Finds what is said of an operation by its path, as daprd does: segment by segment, the first that fits wins, and there is no way
 * back. `*` in a segment stands for any characters in it, a last segment `*` for one segment or none, `**` for any number. What is
 * said of a path holds for all below it.
 */
export class OperationTree<T> {
  readonly #root: TreeNode<T> = { segment: "", value: undefined, children: [] };

  /** @param path - with its first slash; the first to say something of a path wins */
  add(path: string, value: T): void {
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      let next = node.children.find((child) => child.segment === segment);
      if (next === undefined) node.children.push((next = { segment, value: undefined, children: [] }));
      node = next;
    }
    node.value ??= value;
  }

  /** What is said of the operation at a path, with its first slash; `undefined` if nothing is. */
  find(path: string): T | undefined {
    const segments = segmentsOf(path);
    let node: TreeNode<T> | undefined = this.#root;
    for (const [index, segment] of segments.entries()) {
      const isLast = index === segments.length - 1;
      node = childFor(node, segment, isLast);
      if (node === undefined) return undefined;
      const isOneOnly = node.segment === "*" && !isLast;
      if (node.value !== undefined && !isOneOnly) return node.value;
      if (node.value === undefined && isLast) return childFor(node, "*", true)?.value;
    }
    return undefined;
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").slice(1);
}

function childFor<T>(node: TreeNode<T>, segment: string, isLast: boolean): TreeNode<T> | undefined {
  return node.children.find((child) => {
    if (child.segment === segment || child.segment === "**") return true;
    return child.segment === "*" ? isLast : fits(segment, child.segment);
  });
}

/** Whether a text fits a pattern in which `*` stands for any characters; in time that grows with their product at most. */
function fits(text: string, pattern: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = index;
    } else if (at < pattern.length && pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  return /^\**$/u.test(pattern.slice(at));
}
