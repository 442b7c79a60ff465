import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Conversation } from "./conversation.js";
import type { VictimReply, VictimRequest } from "./victim-messages.js";

/** Room for what a target needs; what asks for more ends the process, which is a finding. */
const heapMegabytes = 384;
const startWithinMs = 60_000;

/** A process in which targets run, seen from outside: it is started anew when it was harmed. */
export class Victim implements AsyncDisposable {
  readonly #answerWithinMs: number;
  #process: ChildProcess | undefined;
  #conversation: Promise<Conversation> | undefined;
  #open: VictimRequest | undefined;

  /** @param answerWithinMs - what takes longer hangs; the default leaves room for a machine with much other work */
  constructor(answerWithinMs = 20_000) {
    this.#answerWithinMs = answerWithinMs;
  }

  /** Makes a target the one that is asked, here and in a process that must be started anew. */
  async open(target: Extract<VictimRequest, { ask: "open" }>["target"]): Promise<void> {
    this.#open = { ask: "open", target, answerWithinMs: this.#answerWithinMs };
    if (this.#conversation === undefined) await this.#started();
    else await this.#begin(await this.#conversation);
  }

  /**
   * Asks the process something, also while it is still busy with what it was asked before. One that does not answer, or ends, was
   * harmed by it; what it has not answered yet is answered by its end.
   */
  async ask(request: VictimRequest): Promise<VictimReply> {
    const asked = this.#started();
    // An endless loop holds the process's own timer up, too.
    const reply = await (await asked).ask(request, this.#answerWithinMs * 1.5);
    // Another that it left unanswered may have ended it already.
    if (reply.isTainted === true && this.#conversation === asked) await this.#end();
    return reply;
  }

  /** Ends the process; the next question starts another. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  #started(): Promise<Conversation> {
    return (this.#conversation ??= this.#start());
  }

  async #start(): Promise<Conversation> {
    const started = fork(join(import.meta.dirname, "victim-process.ts"), [], {
      execArgv: [
        "--conditions=@mecha/source",
        "--import",
        "tsx",
        "--expose-gc",
        `--max-old-space-size=${String(heapMegabytes)}`,
      ],
      serialization: "advanced",
      // Components complain of what they are sent; only its end by an error of V8 is of interest, and its reply tells that.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#process = started;
    const conversation = new Conversation(started);
    await this.#begin(conversation);
    return conversation;
  }

  async #begin(conversation: Conversation): Promise<void> {
    if (this.#open === undefined) throw new Error("no target was named");
    const { finding } = await conversation.ask(this.#open, startWithinMs);
    if (finding === undefined) return;
    await this.#end();
    throw new Error(`the target cannot be opened: ${finding}`);
  }

  async #end(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    this.#conversation = undefined;
    if (process?.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }
}
