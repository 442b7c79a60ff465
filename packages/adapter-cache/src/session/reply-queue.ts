import { ReplyEncoder, type Protocol } from "../resp/encode-reply.js";
import type { Reply } from "../resp/reply.js";

/** Gives the reply of one command. */
export type Settle = (reply: Reply, protocol: Protocol) => void;

interface Place {
  reply: Reply;
  protocol: Protocol;
  settled: boolean;
}

/** Puts replies into the order of their commands, and hands them out together once a turn. */
export class ReplyQueue {
  readonly #send: (bytes: Buffer) => void;
  readonly #encoder = new ReplyEncoder();
  #places: Place[] = [];
  #scheduled = false;

  /** @param send - receives the bytes of every reply whose turn has come */
  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  /** Whether every reply was handed out. */
  get empty(): boolean {
    return this.#places.length === 0;
  }

  /** Takes the next place in the order. */
  reserve(): Settle {
    const place: Place = { reply: null, protocol: 2, settled: false };
    this.#places.push(place);
    return (reply, protocol) => {
      place.reply = reply;
      place.protocol = protocol;
      place.settled = true;
      if (this.#scheduled || this.#places[0]?.settled !== true) return;
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#drain();
      });
    };
  }

  #drain(): void {
    this.#scheduled = false;
    const end = this.#places.findIndex(({ settled }) => !settled);
    const ready = this.#places.splice(0, end < 0 ? this.#places.length : end);
    for (const { reply, protocol } of ready) this.#encoder.add(reply, protocol);
    if (ready.length > 0) this.#send(this.#encoder.take());
  }
}
