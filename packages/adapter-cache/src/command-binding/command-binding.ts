import { MechaError } from "@mecha/sdk-core";
import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import type { Protocol } from "../resp/encode-reply.js";
import { encodeCommand } from "../resp/encode-command.js";

/** A command: its words, the name first. */
export type CommandWords = readonly (string | Buffer)[];

/** What a call of a binding is to do. */
export interface CommandCall {
  readonly commands: readonly CommandWords[];
  /** @defaultValue the component's own */
  readonly database: number | undefined;
  readonly protocol: Protocol;
  /** Whether the commands are a transaction, which has one reply. @defaultValue `false` */
  readonly atomic?: boolean;
  readonly signal?: AbortSignal;
  /** When the call ends, in milliseconds since 1970. @defaultValue never */
  readonly deadline?: number;
}

/** An output binding that runs commands in the protocol of Redis: the `command` operation of `bindings.redis`, encoding `resp`. */
export class CommandBinding {
  readonly #transport: Transport;
  /** Name of the component. */
  readonly name: string;

  constructor(transport: Transport, name: string) {
    this.#transport = transport;
    this.name = name;
  }

  /**
   * Runs commands; resolves with the replies as the server gave them, one after the other.
   *
   * @throws MechaError as the runtime gives it, see {@link isLost}
   */
  async run({ commands, database, protocol, atomic = false, ...options }: CommandCall): Promise<Buffer> {
    const { data } = await this.#transport.unary(
      daprMethods.invokeBinding,
      {
        name: this.name,
        operation: "command",
        data: Buffer.concat(commands.map(encodeCommand)),
        metadata: {
          encoding: "resp",
          protocol: String(protocol),
          ...(database !== undefined && { database: String(database) }),
          ...(atomic && { atomic: "true" }),
        },
      },
      options,
    );
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  /**
   * Sees whether the binding runs commands.
   *
   * @throws MechaError `UNAVAILABLE` if it cannot be reached just now, `CONFIGURATION_INVALID` if it has no such operation.
   */
  async check(): Promise<void> {
    try {
      const deadline = Date.now() + checkMs;
      await this.run({ commands: [["PING"]], database: undefined, protocol: 2, deadline });
    } catch (error) {
      if (isLost(error)) {
        throw new MechaError("UNAVAILABLE", `The binding "${this.name}" cannot be reached: ${messageOf(error)}`, {
          cause: error,
          component: this.name,
        });
      }
      throw new MechaError(
        "CONFIGURATION_INVALID",
        `The binding "${this.name}" runs no commands of Redis: ${messageOf(error)}. ` +
          "Beside daprd, `mecha pluggable` serves one that does, of type bindings.mecha-redis.",
        { cause: error, component: this.name },
      );
    }
  }
}

/** How long the first call may take. */
const checkMs = 10_000;

/** Whether a call failed because something on the way was not there, so that nobody knows what became of it. daprd tells it in words alone. */
export function isLost(error: unknown): boolean {
  if (!MechaError.is(error)) return false;
  if (["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"].includes(error.code)) return true;
  return /code = (?:Unavailable|Canceled|DeadlineExceeded)\b/u.test(error.message);
}

/** What went wrong, in one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/gu, " ");
}
