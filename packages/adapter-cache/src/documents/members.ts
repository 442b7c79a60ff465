/** Values by member, as much of a `Map` as commands use: a map itself, or one of which only what is looked at is read. */
export interface MemberMap<V> extends Iterable<[string, V]> {
  readonly size: number;
  get(member: string): V | undefined;
  has(member: string): boolean;
  set(member: string, value: V): unknown;
  /** Removes a member; says whether it was there. */
  delete(member: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<V>;
  /**
   * Has the documents read at once in which these members are, before they are looked at one by one.
   *
   * @param changes - present if members of a sorted set will be changed or removed: the scores that are known of them
   */
  gather?(members: readonly string[], changes?: readonly Scored[]): void;
}

/** Members, as much of a `Set` as commands use. */
export interface MemberSet extends Iterable<string> {
  readonly size: number;
  has(member: string): boolean;
  add(member: string): unknown;
  /** Removes a member; says whether it was there. */
  delete(member: string): boolean;
  /** As `MemberMap.gather`. */
  gather?(members: readonly string[]): void;
}

/** A member and its score. */
export type Scored = readonly [member: string, score: number];

/** The members of a sorted set by score, and by bytes where scores are equal. */
export interface RankedMembers {
  readonly length: number;
  /** Those from one rank to before another. */
  slice(start: number, stop: number): Scored[];
  /** How many come before a place; without a member, before everything that has a higher score. */
  countBefore(score: number, member?: string): number;
}
