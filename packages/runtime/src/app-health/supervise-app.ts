import type { AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import type {
  AppConnection,
  AppEndpoint,
  AppHealthCheck,
  AskedApp,
  ConnectedApp,
} from "../app-channel/app-endpoint.js";
import { waitForPort } from "../app-channel/wait-for-port.js";
import { messageOf } from "../errors/dapr-error.js";
import type { DaprMetrics } from "../metrics/dapr-metrics.js";
import { AppHealth } from "./app-health.js";
import { openProbe } from "./open-probe.js";

/** What an app is supervised with. */
export interface SupervisionParts {
  readonly check: AppHealthCheck;
  /** Opens the channel to the app: asks what it takes. */
  readonly connect: () => Promise<AppConnection>;
  readonly attachApp: (channel: AppChannel, asked: AskedApp) => Promise<() => Promise<void>>;
  readonly logger: ComponentLogger;
  readonly metrics: DaprMetrics | undefined;
}

/**
 * Waits until an app listens and is well, and lets the runtime call it for as long as it is. While it is not, topics, input bindings,
 * jobs and actors do not come to it, and invocations are refused, all as with daprd's `--enable-app-health-check`. It is asked what it
 * takes when it is well for the first time.
 *
 * @throws the signal's reason if it aborts before the app is well; MechaError if the app or the runtime refuses what it takes then
 */
export async function superviseApp(
  endpoint: AppEndpoint,
  signal: AbortSignal,
  parts: SupervisionParts,
): Promise<ConnectedApp> {
  await waitForPort(endpoint.host ?? "127.0.0.1", endpoint.port, signal);
  const { probe, close } = await openProbe(endpoint, parts.metrics);
  const attachment = new Attachment(parts);
  let giveUp = (_reason: unknown): void => undefined;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve, reject) => {
    begin = resolve;
    giveUp = reject;
  });
  const health = new AppHealth(parts.check, probe, {
    onHealthy: () => void attachment.become("attached").then(begin, giveUp),
    onUnhealthy: (reason) => {
      parts.logger.warn(`the app is not well, so nothing is brought to it: ${messageOf(reason)}`);
      void attachment.become("refusing").catch((error: unknown) => parts.logger.error(messageOf(error)));
    },
  });
  const leave = async (): Promise<void> => {
    await health.close();
    await attachment.become("gone").finally(close);
  };
  const freeze = (): void => {
    void health.close();
    attachment.freeze();
  };
  const disconnect = (): void => {
    attachment.disconnect();
    close();
  };
  const abort = (): void => giveUp(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    await attachment.become("refusing");
    health.start();
    await begun;
    return { leave, freeze, disconnect };
  } catch (error) {
    await leave();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

type State = "attached" | "refusing" | "gone";

/** How the app is known to the runtime; it changes one step at a time. */
class Attachment {
  readonly #parts: SupervisionParts;
  #connection: AppConnection | undefined;
  #detach: (() => Promise<void>) | undefined;
  #state: State | undefined;
  #leaving: Promise<void> | undefined;
  #changing: Promise<void> = Promise.resolve();
  #isFrozen = false;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
  }

  /** Resolves when it has become so; rejects if the app or the runtime refuses it. */
  become(state: State): Promise<void> {
    const change = this.#changing.then(() => this.#change(state));
    this.#changing = change.catch(() => undefined);
    return change;
  }

  /** Stays as it is from now on, unless it goes. */
  freeze(): void {
    this.#isFrozen = true;
  }

  disconnect(): void {
    this.#connection?.close();
  }

  async #change(state: State): Promise<void> {
    if (this.#state === state || this.#state === "gone") return;
    if (this.#isFrozen && state !== "gone") return;
    this.#state = state;
    const detachOld = this.#detach;
    this.#detach = undefined;
    if (state === "refusing") {
      // There is always one to answer invocations; what the app has under way is not waited for.
      this.#detach = await this.#parts.attachApp(refusing, takesNothing);
      this.#leaving = detachOld?.();
      this.#leaving?.catch((error: unknown) => this.#parts.logger.error(messageOf(error)));
      return;
    }
    await this.#leaving?.catch(() => undefined);
    if (state === "attached") {
      this.#connection ??= await this.#parts.connect();
      this.#detach = await this.#parts.attachApp(this.#connection.channel, this.#connection);
      this.#parts.logger.info("the app is well");
    }
    await detachOld?.();
    if (state === "gone") this.disconnect();
  }
}

const takesNothing: AskedApp = { wantsEvents: () => Promise.resolve(false) };

/** An app that cannot be called now, in daprd's words. */
const refusing: AppChannel = {
  invoke: () => Promise.reject(unwell()),
  invokeStreamed: () => Promise.reject(unwell()),
};

function unwell(): MechaError {
  return new MechaError("INTERNAL", "app is not in a healthy state", { operation: "app.health", httpStatus: 500 });
}
