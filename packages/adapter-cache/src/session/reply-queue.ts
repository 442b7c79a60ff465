import { ReplyEncoder, type Protocol } from "../resp/encode-reply.js";
import type { Encoded, Reply } from "../resp/reply.js";
import { mayReplyInThisTurn, replyLater } from "./turn-budget.js";

/** The place of one command's reply in the order of a connection. */
export interface ReplyPlace {
  /** Gives the reply. */
  settle(reply: Reply | Encoded, protocol: Protocol): void;
  /** Calls back once all replies before this one were given. */
  whenNext(callback: () => void): void;
}

class Place implements ReplyPlace {
  reply: Reply | Encoded = null;
  protocol: Protocol = 2;
  settled = false;
  /** What waits for the turn of this place. */
  callback: (() => void) | undefined;
  readonly #changed: (place: Place) => void;

  constructor(changed: (place: Place) => void) {
    this.#changed = changed;
  }

  settle(reply: Reply | Encoded, protocol: Protocol): void {
    this.reply = reply;
    this.protocol = protocol;
    this.settled = true;
    this.#changed(this);
  }

  whenNext(callback: () => void): void {
    this.callback = callback;
    this.#changed(this);
  }
}

/** Puts replies into the order of their commands, and hands them out together once a turn. */
export class ReplyQueue {
  readonly #send: (bytes: Buffer) => void;
  readonly #encoder = new ReplyEncoder();
  #places: Place[] = [];
  #scheduled = false;
  readonly #changed = (place: Place): void => {
    if (this.#places[0] === place) this.#schedule();
  };

  /** @param send - receives the bytes of every reply whose turn has come */
  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  /** Whether every reply was handed out. */
  get empty(): boolean {
    return this.#places.length === 0;
  }

  /** Takes the next place in the order. */
  reserve(): ReplyPlace {
    const place = new Place(this.#changed);
    this.#places.push(place);
    return place;
  }

  /** Sends something that is no reply: as soon as the replies that are there have gone. */
  push(message: Reply, protocol: Protocol): void {
    const place = new Place(this.#changed);
    const waiting = this.#places.findIndex(({ settled }) => !settled);
    this.#places.splice(waiting < 0 ? this.#places.length : waiting, 0, place);
    place.settle(message, protocol);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const drain = (): void => this.#drain();
    if (mayReplyInThisTurn()) queueMicrotask(drain);
    else replyLater(drain);
  }

  #drain(): void {
    this.#scheduled = false;
    const end = this.#places.findIndex(({ settled }) => !settled);
    const ready = this.#places.splice(0, end < 0 ? this.#places.length : end);
    for (const { reply, protocol } of ready) this.#encoder.add(reply, protocol);
    if (ready.length > 0) this.#send(this.#encoder.take());
    const [next] = this.#places;
    const callback = next?.callback;
    if (next === undefined || callback === undefined) return;
    next.callback = undefined;
    callback();
  }
}
