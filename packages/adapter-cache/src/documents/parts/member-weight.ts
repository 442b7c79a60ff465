import type { PartStore } from "./part-store.js";

/** How many members a split value has, and about how many bytes. */
export interface Weight {
  count: number;
  bytes: number;
}

/** Over how many parts members are best spread by their hash. */
export function bucketsFor({ count, bytes }: Weight, { limits }: PartStore): number {
  const wanted = Math.max(Math.ceil(count / limits.bucketMembers), Math.ceil((bytes * 2) / limits.partBytes));
  // A large member cannot be cut.
  return Math.max(1, Math.min(wanted, count));
}

/** Whether so little is left that one document is enough: far less than what makes it several, so that it does not go to and fro. */
export function isLight({ count, bytes }: Weight, { limits }: PartStore): boolean {
  return count <= limits.wholeMembers / 2 && bytes <= limits.wholeBytes / 2;
}

/** The room that a member takes besides its bytes. */
export const memberOverhead = 8;
