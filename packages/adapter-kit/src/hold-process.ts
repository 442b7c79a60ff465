/** Keeps the process alive until it is released, as an open socket of the original client would. */
export interface ProcessHold {
  /** Counts again, after `unref()`. */
  ref(): void;
  /** Stops counting without releasing: the process may exit. */
  unref(): void;
  /** Lets the process exit. Idempotent. */
  release(): void;
}

/** Longest delay that a timer takes; the timer only exists to be referenced. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Holds the process. What goes through memory holds nothing by itself, so a drop-in takes a hold exactly while the
 * original would have a referenced handle.
 */
export function holdProcess(): ProcessHold {
  const timer = setInterval(() => undefined, longestTimerMs);
  return {
    ref() {
      timer.ref();
    },
    unref() {
      timer.unref();
    },
    release() {
      clearInterval(timer);
    },
  };
}
