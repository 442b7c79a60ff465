import { setTimeout } from "node:timers/promises";

/** Asks again until the answer is the one that is waited for; fails with the last one after a minute. */
export async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after a minute`);
    await setTimeout(50);
  }
}
