import type { ChildProcess } from "node:child_process";
import type { VictimReply, VictimRequest } from "./victim-messages.js";

interface Question {
  readonly limitMs: number;
  readonly answer: (reply: VictimReply) => void;
}

const tickMs = 250;

/** Questions to a process, which answers them one after the other. Each gets a reply, whatever becomes of the process. */
export class Conversation {
  readonly #process: ChildProcess;
  readonly #questions: Question[] = [];
  #clock: NodeJS.Timeout | undefined;
  #waitedMs = 0;
  #end: VictimReply | undefined;

  constructor(process: ChildProcess) {
    this.#process = process;
    process.on("message", (reply: VictimReply) => {
      this.#waitedMs = 0;
      this.#questions.shift()?.answer(reply);
      this.#heedClock();
    });
    process.once("exit", (code, killedBy) => this.#endWith(`the process ended with ${String(code ?? killedBy)}`));
  }

  /** Asks, without waiting for the answers to what was asked before; its time begins when it is the next to be answered. */
  ask(request: VictimRequest, limitMs: number): Promise<VictimReply> {
    return new Promise((answer) => {
      if (this.#end !== undefined) {
        answer(this.#end);
        return;
      }
      this.#questions.push({ limitMs, answer });
      this.#heedClock();
      // One that cannot be sent has met the end of the process, which is told.
      this.#process.send(request, () => undefined);
    });
  }

  /** Runs while there is something to wait for. It counts its ticks: of a busy machine, which gives this process little time, it asks less. */
  #heedClock(): void {
    if (this.#questions.length === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    if (this.#questions.length === 0 || this.#clock !== undefined) return;
    this.#waitedMs = 0;
    this.#clock = setInterval(() => {
      this.#waitedMs += tickMs;
      const { limitMs = 0 } = this.#questions[0] ?? {};
      if (this.#waitedMs >= limitMs) this.#endWith(`the process did not react for ${String(limitMs)} ms`);
    }, tickMs);
  }

  #endWith(finding: string): void {
    this.#end ??= { finding, isTainted: true };
    for (const { answer } of this.#questions.splice(0)) answer(this.#end);
    this.#heedClock();
  }
}
