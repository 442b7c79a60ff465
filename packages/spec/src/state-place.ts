/** A value that becomes bytes only when somebody asks for them. */
export interface LiveValue {
  /** The bytes that it stands for at this moment; the caller may keep and change them. */
  toBytes(): Uint8Array;
}

/**
 * Where the value of one key lies in a store that keeps its values in the memory of this process. What is read is how things are, and
 * what is written is written, before the call returns: a value that is read, changed and written in one go needs no ETag.
 */
export interface StatePlace {
  /** What lies there: the object that was put there last, or bytes, which are the caller's; `undefined` for nothing. */
  read(): LiveValue | Uint8Array | undefined;
  /**
   * Stores a value in place of whatever lies there, with a new ETag. The store may turn it into bytes at any time and let go of it.
   * Until then its owner may change it, as long as he writes it again before anybody else has a turn.
   *
   * @param ttlSeconds - seconds until the value is gone, more than 0; absent: never
   */
  write(value: LiveValue, ttlSeconds?: number): void;
  /** Keeps an object for what was read as bytes just now. It is no change: the ETag stays. */
  hold(value: LiveValue): void;
}
