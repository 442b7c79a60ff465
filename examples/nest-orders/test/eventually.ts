import { setTimeout } from "node:timers/promises";

/** Asks again until the answer is the one that is waited for; fails with the last one after half a minute. */
export async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after 30 seconds`);
    await setTimeout(50);
  }
}
