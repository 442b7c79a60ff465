/** Longest delay that Node's timers take, in milliseconds; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Calls `expire` after a time that may be months, or never for `Infinity`.
 *
 * @returns a function that stops it
 */
export function startDeadline(delayMs: number, expire: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (restMs: number): void => {
    if (restMs > longestDelayMs) timer = setTimeout(wait, longestDelayMs, restMs - longestDelayMs);
    else timer = setTimeout(expire, Math.max(0, restMs));
  };
  if (delayMs !== Number.POSITIVE_INFINITY) wait(delayMs);
  return () => {
    clearTimeout(timer);
  };
}
