import { handshakeCommands, type RecordCommand } from "../session/statistics.js";
import type { IoredisCommand } from "./client.js";
import { isQueued } from "./without-credentials.js";

/** What Redis refuses without running it, and so does not count. */
const refusals =
  /^(?:ERR unknown command|ERR wrong number of arguments|ERR Command not allowed|NOAUTH|NOPERM|LOADING|OOM|READONLY|MISCONF)/;

/**
 * Counts the commands of one connection to Redis as Redis itself does (`INFO commandstats`): once each when it has run, so
 * a queued one with its EXEC, and never one that was refused.
 */
export class CallRecorder {
  readonly #record: RecordCommand;
  #transaction: { readonly name: string; readonly startMs: number }[] | undefined;

  constructor(record: RecordCommand) {
    this.#record = record;
  }

  /** Counts a command when it is answered. */
  watch(command: IoredisCommand): void {
    const name = command.name.toLowerCase();
    // A command comes here again when it was queued offline or is sent anew after a reconnect.
    if ((command as MarkedCommand)[mark] === true || handshakeCommands.has(name)) return;
    const startMs = performance.now();
    const { resolve, reject } = command;
    // Not by `command.promise`: whoever listens there hides rejections that nobody else handles.
    (command as MarkedCommand)[mark] = true;
    command.resolve = (reply: unknown) => {
      this.#answered(name, startMs, reply);
      resolve(reply);
    };
    command.reject = (error: Error) => {
      this.#failed(name, startMs, error);
      reject(error);
    };
  }

  #answered(name: string, startMs: number, reply: unknown): void {
    if (this.#transaction !== undefined && isQueued(reply)) {
      this.#transaction.push({ name, startMs });
      return;
    }
    if (name === "exec" && Array.isArray(reply))
      for (const each of this.#transaction ?? []) this.#count(each.name, each.startMs);
    if (name === "multi") this.#transaction = [];
    if (name === "exec" || name === "discard") this.#transaction = undefined;
    this.#count(name, startMs);
  }

  #failed(name: string, startMs: number, error: Error): void {
    if (name === "exec") this.#transaction = undefined;
    if (error.name === "ReplyError" && !refusals.test(error.message)) this.#count(name, startMs);
  }

  #count(name: string, startMs: number): void {
    this.#record(name, (performance.now() - startMs) * 1000);
  }
}

/** Marks the commands of all connections: one that was under way when a connection broke is sent on the next. */
const mark = Symbol("watched by Mecha");

type MarkedCommand = IoredisCommand & { [mark]?: true };
