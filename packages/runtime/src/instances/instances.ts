import type { AppChannel } from "@mecha/sdk-core/protocol";
import type { AttachedApps } from "../invocation/attached-apps.js";
import type { Invoke } from "../observers/observers.js";
import { MechaError } from "@mecha/spec";
import type { InstanceServer } from "./instance-server.js";

/** How an app of this process becomes one that others can call. */
export interface InstancesOptions {
  readonly folder: () => string;
  readonly appId: string;
  readonly apps: AttachedApps;
  readonly maxMessageBytes: number;
  /** What is put around the calls that come from other processes. @defaultValue nothing */
  readonly aroundInvoke?: (invoke: Invoke) => Invoke;
}

/** Attaches channels of the app: one socket and one entry serve them all, as long as one of them takes invocations. */
export class Instances {
  readonly #options: InstancesOptions;
  #server: Promise<InstanceServer> | undefined;
  #users = 0;
  #closed = false;

  constructor(options: InstancesOptions) {
    this.#options = options;
  }

  /** Attaches a channel; resolves when calls from other processes arrive. The result takes it away again. Idempotent. */
  async attach(channel: AppChannel): Promise<() => Promise<void>> {
    if (this.#closed) throw runtimeClosed();
    const detach = this.#options.apps.attach(channel);
    if (channel.invoke === undefined) return detach;
    this.#users++;
    let detached: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      // The entry goes first, so that nobody is sent to an app that is gone.
      if (--this.#users === 0) await this.#end();
      await detach();
    };
    const releaseOnce = (): Promise<void> => (detached ??= release());
    try {
      await (this.#server ??= this.#open());
    } catch (error) {
      this.#server = undefined;
      await releaseOnce();
      throw error;
    }
    return releaseOnce;
  }

  /** Ends the socket for good: no new calls, those under way are waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // One that could not be opened has been reported to who attached.
    await (await server?.catch(() => undefined))?.close();
  }

  async #open(): Promise<InstanceServer> {
    const { folder, appId, apps, maxMessageBytes, aroundInvoke } = this.#options;
    const invoke: Invoke = (request, context) => apps.invoke(request, context);
    const { openInstanceServer } = await import("./instance-server.js");
    return openInstanceServer({
      folder: folder(),
      appId,
      maxMessageBytes,
      invoke: aroundInvoke?.(invoke) ?? invoke,
    });
  }
}

function runtimeClosed(): MechaError {
  return new MechaError("UNAVAILABLE", "The embedded runtime is closed; no app can be attached to it. Connect again.", {
    operation: "app.attach",
  });
}
