import { type Command, Redis as Upstream, type RedisOptions } from "ioredis-upstream";
import { CallRecorder } from "./call-recorder.js";
import { RuntimeConnector } from "./connector.js";
import { withoutCredentials } from "./credentials.js";
import { gatherWrites } from "./gather-writes.js";

/** The forms of arguments that ioredis takes. */
export type RedisArguments =
  | []
  | [port: number]
  | [path: string]
  | [options: RedisOptions]
  | [port: number, options: RedisOptions]
  | [path: string, options: RedisOptions]
  | [port: number, host: string]
  | [port: number, host: string, options: RedisOptions];

type WritableOfCommand = Parameters<Upstream["sendCommand"]>[1];

/** `Redis` of ioredis 5: the original client, whose commands the Mecha runtime answers. */
export class Redis extends Upstream {
  #recorder: { readonly connection: object; readonly calls: CallRecorder } | undefined;

  constructor(...given: RedisArguments) {
    // The original takes its arguments in any order of kinds and keeps the first that names an option.
    super(...(withTransport(given) as unknown as [RedisOptions]));
  }

  static override createClient(...args: ConstructorParameters<typeof Upstream>): Redis {
    return new Redis(...args);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    return new Redis({ ...this.options, ...override });
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === "end") this.#connector.release();
    return super.emit(event, ...args);
  }

  override sendCommand(command: Command, stream?: WritableOfCommand): unknown {
    const { failure, opened } = this.#connector;
    if (failure !== undefined && this.status === "end") {
      command.reject(failure);
      return command.promise;
    }
    withoutCredentials(command);
    if (opened?.native === true) {
      this.#callsOf(opened).watch(command);
      gatherWrites(opened.stream);
    }
    return super.sendCommand(command, stream);
  }

  get #connector(): RuntimeConnector {
    // Made by the original from the option that the constructor gave; private there.
    return (this as unknown as { readonly connector: RuntimeConnector }).connector;
  }

  #callsOf(opened: NonNullable<RuntimeConnector["opened"]>): CallRecorder {
    if (this.#recorder?.connection !== opened)
      this.#recorder = { connection: opened, calls: new CallRecorder(opened.record) };
    return this.#recorder.calls;
  }
}

function withTransport([first, second, third]: RedisArguments): unknown[] {
  // Credentials are those of the old middleware, which nobody asks for any more.
  const transport = { Connector: RuntimeConnector, username: null, password: null };
  if (typeof first === "number") return [{ ...transport, port: first }, second, third];
  return [transport, first, second];
}
