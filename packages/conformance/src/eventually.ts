import { AssertionError } from "node:assert";

/**
 * Waits until a claim holds, for what no event announces: a backend that shows a write a moment later.
 *
 * @param claim - what should come true, for the failure
 * @param holds - looks once
 * @throws AssertionError after `timeoutMs`
 */
export async function eventually(claim: string, holds: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new AssertionError({ message: `within ${timeoutMs} ms it did not come true that ${claim}` });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
