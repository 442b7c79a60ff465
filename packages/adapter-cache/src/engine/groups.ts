/** Documents that must be written together, found by joining the names of every operation that changes several. */
export class Groups {
  readonly #parents = new Map<string, string>();

  /** Says that these documents belong together; one alone makes a group of its own. */
  join(names: readonly string[]): void {
    const [first, ...others] = names;
    if (first === undefined) return;
    const root = this.rootOf(first);
    for (const name of others) this.#parents.set(this.rootOf(name), root);
  }

  /** The name that stands for a document's group. */
  rootOf(name: string): string {
    let root = name;
    for (
      let parent = this.#parents.get(root);
      parent !== undefined && parent !== root;
      parent = this.#parents.get(root)
    ) {
      root = parent;
    }
    this.#parents.set(name, root);
    return root;
  }

  /** The members of every group, by the name that stands for it. */
  members(): ReadonlyMap<string, readonly string[]> {
    const members = new Map<string, string[]>();
    for (const name of [...this.#parents.keys()]) {
      const root = this.rootOf(name);
      const group = members.get(root);
      if (group === undefined) members.set(root, [name]);
      else group.push(name);
    }
    return members;
  }
}
