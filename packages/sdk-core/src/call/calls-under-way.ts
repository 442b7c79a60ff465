import { setTimeout as delay } from "node:timers/promises";
import { MechaError } from "@mecha/spec";
import type { CallSubject } from "../transport/call-subject.js";
import { completeError } from "./complete-error.js";

/** Counts the calls of one share of a connection, so that closing it can wait for them. */
export class CallsUnderWay {
  #count = 0;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  /**
   * Notes that a call begins.
   *
   * @throws MechaError `FAILED_PRECONDITION` after {@link CallsUnderWay.drain}
   */
  begin(subject: CallSubject | undefined): void {
    if (this.#isClosed) {
      const closed = "This Mecha is closed; make calls before close(), or connect() again";
      throw completeError(new MechaError("FAILED_PRECONDITION", closed), subject);
    }
    this.#count++;
  }

  /** Notes that a call has ended. */
  end(): void {
    if (--this.#count === 0) this.#onIdle?.();
  }

  /** Takes no new calls; resolves when those under way have ended, or after the time. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    if (this.#count === 0) return;
    const waiting = new AbortController();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await Promise.race([idle, delay(timeoutMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
  }
}
