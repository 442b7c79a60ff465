/**
 * What a promise gives, or `late` where it takes too long; the promise itself goes on.
 *
 * @param promise - what is waited for
 * @param ms - how long, in milliseconds; nothing keeps the process alive afterwards
 * @param late - what it comes to when the time is over
 */
export async function within<T, L>(promise: Promise<T>, ms: number, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  // A timer of its own: an AbortSignal's may be collected before it fires.
  const tooLong = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
