import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { within } from "@mecha/conformance";
import type { VictimReply, VictimRequest } from "./victim-messages.js";

/** Room for what a target needs; what asks for more ends the process, which is a finding. */
const heapMegabytes = 384;
const startWithinMs = 60_000;

/** A process in which targets run, seen from outside: it is started anew when it was harmed. */
export class Victim implements AsyncDisposable {
  readonly #answerWithinMs: number;
  #process: ChildProcess | undefined;
  #open: VictimRequest | undefined;

  /** @param answerWithinMs - what takes longer hangs; the default leaves room for a machine with much other work */
  constructor(answerWithinMs = 20_000) {
    this.#answerWithinMs = answerWithinMs;
  }

  /** Makes a target the one that is asked, here and in a process that must be started anew. */
  async open(target: Extract<VictimRequest, { ask: "open" }>["target"]): Promise<void> {
    this.#open = { ask: "open", target, answerWithinMs: this.#answerWithinMs };
    if (this.#process === undefined) await this.#start();
    else await this.#begin(this.#process);
  }

  /** Asks the process something. One that does not answer, or ends, was harmed by it. */
  async ask(request: VictimRequest): Promise<VictimReply> {
    const process = this.#process ?? (await this.#start());
    // An endless loop holds the process's own timer up, too.
    const reply = await exchange(process, request, this.#answerWithinMs * 1.5);
    if (reply.isTainted === true) await this.#end();
    return reply;
  }

  /** Ends the process; the next question starts another. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #start(): Promise<ChildProcess> {
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
    await this.#begin(started);
    return started;
  }

  async #begin(process: ChildProcess): Promise<void> {
    if (this.#open === undefined) throw new Error("no target was named");
    const { finding } = await exchange(process, this.#open, startWithinMs);
    if (finding === undefined) return;
    await this.#end();
    throw new Error(`the target cannot be opened: ${finding}`);
  }

  async #end(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process?.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }
}

async function exchange(process: ChildProcess, request: VictimRequest, limitMs: number): Promise<VictimReply> {
  const settled = new AbortController();
  const { signal } = settled;
  const replied = once(process, "message", { signal }).then(([reply]) => reply as VictimReply);
  const ended = once(process, "exit", { signal }).then(([code, killedBy]: unknown[]) => ({
    finding: `the process ended with ${String(code ?? killedBy)}`,
    isTainted: true,
  }));
  const outcome = Promise.race([replied, ended]);
  try {
    process.send(request);
    const silent: VictimReply = { finding: `the process did not react for ${String(limitMs)} ms`, isTainted: true };
    return await within(outcome, limitMs, silent);
  } finally {
    settled.abort();
    for (const waiting of [replied, ended]) waiting.catch(() => undefined);
  }
}
