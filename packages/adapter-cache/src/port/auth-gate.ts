import { createHash, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { CommandParser, ProtocolError, usualLimits } from "../resp/command-parser.js";
import { encodeCommand } from "../resp/encode-command.js";

/** Who may pass, and what is behind. */
export interface AuthGateOptions {
  readonly password: string;
  /** Takes the connection over. @param first - what the client sent after it was let in */
  readonly serve: (first: Buffer) => Promise<void>;
}

/** As little as Redis takes of somebody unknown. */
const strangersLimits = { argumentBytes: 16 * 1024, arguments: 10 };

const needed = "NOAUTH Authentication required.";
const neededForHello =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time";
const wrong = "WRONGPASS invalid username-password pair or user is disabled.";

/** Answers a client until it has given the password, as a Redis with `requirepass` does; nothing behind it is touched before. */
export class AuthGate {
  readonly #socket: Socket;
  readonly #digest: Buffer;
  readonly #serve: AuthGateOptions["serve"];
  readonly #parser = new CommandParser();
  readonly #onData = (bytes: Buffer): void => this.#take(bytes);
  /** What goes on to the cache, once the client is in; `undefined` before. */
  #passing: Buffer[] | undefined;

  constructor(socket: Socket, { password, serve }: AuthGateOptions) {
    this.#socket = socket;
    this.#digest = digestOf(Buffer.from(password));
    this.#serve = serve;
    this.#parser.limits = strangersLimits;
    socket.on("data", this.#onData);
  }

  #take(bytes: Buffer): void {
    try {
      this.#parser.push(bytes, (command) => this.#do(command));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#socket.end(`-ERR Protocol error: ${error.message}\r\n`);
      return;
    }
    // A command that is cut in two is let in as a whole.
    if (this.#passing === undefined || !this.#parser.isEmpty || this.#socket.destroyed) return;
    this.#socket.off("data", this.#onData);
    void this.#serve(Buffer.concat(this.#passing));
  }

  #do(command: readonly Buffer[]): void {
    if (this.#socket.writableEnded) return;
    if (this.#passing !== undefined) {
      this.#passing.push(encodeCommand(command));
      return;
    }
    const name = command[0]?.toString("latin1").toLowerCase();
    if (name === "auth") this.#auth(command);
    else if (name === "hello") this.#hello(command);
    else if (name === "quit") this.#socket.end("+OK\r\n");
    else this.#refuse(needed);
  }

  #auth(command: readonly Buffer[]): void {
    if (command.length !== 2 && command.length !== 3) {
      this.#refuse(command.length < 2 ? "ERR wrong number of arguments for 'auth' command" : "ERR syntax error");
    } else if (this.#isRight(command.at(-1))) {
      this.#letIn([]);
      this.#socket.write("+OK\r\n");
    } else this.#refuse(wrong);
  }

  #hello(command: readonly Buffer[]): void {
    const at = command.findIndex((word, index) => index > 1 && word.toString("latin1").toLowerCase() === "auth");
    if (at < 0) this.#refuse(neededForHello);
    else if (this.#isRight(command[at + 2])) this.#letIn([encodeCommand(command.toSpliced(at, 3))]);
    else this.#refuse(wrong);
  }

  /** Digests are as long as each other, and comparing them takes as long whatever differs. */
  #isRight(password: Buffer | undefined): boolean {
    return password !== undefined && timingSafeEqual(digestOf(password), this.#digest);
  }

  #letIn(first: Buffer[]): void {
    this.#passing = first;
    this.#parser.limits = usualLimits;
  }

  #refuse(message: string): void {
    this.#socket.write(`-${message}\r\n`);
  }
}

function digestOf(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
