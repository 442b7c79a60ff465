import type { ConnectorClass, IoredisClass, IoredisCommand, IoredisState } from "./client.js";
import { answerAtOnce } from "./command-at-once.js";
import { createConnectorClass, type RuntimeConnector } from "./runtime-connector.js";
import { withoutCredentials } from "./without-credentials.js";

/** The parts of ioredis 5 or 6 that the drop-in builds on. */
export interface IoredisParts<Original extends IoredisClass> {
  readonly Redis: Original;
  readonly AbstractConnector: ConnectorClass;
}

/**
 * Gives the class `Redis` of ioredis 5 or 6 with the Mecha runtime in the place of a TCP connection: the original client,
 * whose commands the runtime answers.
 */
export function redisOnRuntime<Original extends IoredisClass>(parts: IoredisParts<Original>): Original {
  const Connector = createConnectorClass(parts.AbstractConnector);

  class Redis extends parts.Redis {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript takes nothing else for a mixin's constructor
    constructor(...given: any[]) {
      super(...withTransport(given as unknown[], Connector));
    }

    static createClient(...given: readonly unknown[]): Redis {
      return new Redis(...given);
    }

    duplicate(override?: object): Redis {
      return new Redis({ ...this.options, ...override });
    }

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      if (event === "end") this.#connector.release();
      return super.emit(event, ...args);
    }

    override sendCommand(command: IoredisCommand, stream?: unknown): unknown {
      const { failure, session } = this.#connector;
      // What is sent into a pipeline comes with it.
      if (session !== undefined && stream === undefined && answerAtOnce(command, this.#state, session)) {
        return command.promise;
      }
      if (failure !== undefined && this.status === "end") {
        command.reject(failure);
        return command.promise;
      }
      withoutCredentials(command);
      return super.sendCommand(command, stream);
    }

    get #state(): IoredisState {
      // Private in the original.
      return this as unknown as IoredisState;
    }

    get #connector(): RuntimeConnector {
      // Made by the original from the option that the constructor gave; private there.
      return (this as unknown as { readonly connector: RuntimeConnector }).connector;
    }
  }

  return Redis;
}

/** The original takes its arguments in any order of kinds and keeps the first that names an option. */
function withTransport([first, ...others]: readonly unknown[], Connector: unknown): unknown[] {
  // Credentials are those of the old middleware, which nobody asks for any more.
  const transport = { Connector, username: null, password: null };
  return typeof first === "number" ? [{ ...transport, port: first }, ...others] : [transport, first, ...others];
}
