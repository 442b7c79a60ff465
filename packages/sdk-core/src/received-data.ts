import { decodeValue } from "./codec.js";

/** Data that a call brought back. */
export interface ReceivedData {
  /** The data as it came. */
  readonly bytes: Uint8Array;
  /**
   * The data as JSON; `undefined` if there is none.
   *
   * @throws MechaError `DATA_LOSS` if the data is no JSON.
   */
  json<T>(): T;
  /** The data as UTF-8 text. */
  text(): string;
}

/** Data with the two ways to read it. A class: replies are many, and their methods are not called each time. */
export class DecodableData implements ReceivedData {
  readonly bytes: Uint8Array;
  readonly #subject: string;

  /** @param subject - what the data is, for messages */
  constructor(bytes: Uint8Array, subject: string) {
    this.bytes = bytes;
    this.#subject = subject;
  }

  json<T>(): T {
    // The caller names the type of the reply; nothing here can check it.
    return decodeValue(this.bytes, "json", this.#subject) as T;
  }

  text(): string {
    return decodeValue(this.bytes, "text", this.#subject) as string;
  }
}
