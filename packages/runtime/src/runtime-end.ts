import type { AppCalls } from "./app-calls/app-calls.js";
import type { ConnectedApp } from "./app-channel/app-endpoint.js";
import type { Composition } from "./compose.js";
import type { CloseDoor } from "./doors/close-door.js";
import type { Instances } from "./instances/instances.js";
import type { RuntimeParts } from "./open-parts.js";

/** What ends with a runtime. */
export interface EndingParts
  extends Pick<RuntimeParts, "registry" | "outbox" | "others" | "observers">,
    Pick<Composition, "transport" | "actorsAndJobs" | "topicStreams" | "openConfigurations"> {
  readonly appCalls: AppCalls;
  readonly instances: Instances;
  /** Ends following the resource folders; absent where they are not followed. */
  readonly stopFollowing: (() => Promise<void>) | undefined;
  /** How long calls and events under way are waited for, in milliseconds. */
  readonly drainTimeoutMs: number;
}

/** The end of a runtime: what has to close, in its order. */
export class RuntimeEnd {
  readonly #parts: EndingParts;
  readonly #doors = new Set<CloseDoor>();
  readonly #connected = new Set<ConnectedApp>();
  #closing: Promise<void> | undefined;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Has a door close with the runtime; the result takes it off. */
  addDoor(close: CloseDoor): () => void {
    this.#doors.add(close);
    return () => void this.#doors.delete(close);
  }

  /** Has the connections with an app end with the runtime; the result takes the app away before. */
  addApp(app: ConnectedApp): () => Promise<void> {
    this.#connected.add(app);
    return async () => {
      this.#connected.delete(app);
      await app.leave();
    };
  }

  /** Takes no new calls, waits for those under way, then closes everything. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { registry, drainTimeoutMs } = this.#parts;
    // They refuse what is new at once, and have closed when what they have under way has ended.
    const doorsClosed = Promise.allSettled([...this.#doors].map((closeDoor) => closeDoor(drainTimeoutMs)));
    for (const app of this.#connected) app.freeze();
    try {
      await this.#drain(drainTimeoutMs);
      await doorsClosed;
      await this.#parts.others.close();
      await this.#parts.observers.close();
    } finally {
      // Whatever went wrong before: what components hold is written, and their connections end.
      await registry.close();
      for (const app of this.#connected) app.disconnect();
    }
  }

  async #drain(drainTimeoutMs: number): Promise<void> {
    const { stopFollowing, appCalls, instances, others, actorsAndJobs, topicStreams, transport } = this.#parts;
    await stopFollowing?.();
    await appCalls.close(drainTimeoutMs);
    await instances.close();
    await others.callee.close();
    // Turns and deliveries under way may need everything else.
    await actorsAndJobs.close(drainTimeoutMs);
    for (const end of this.#parts.openConfigurations.values()) end();
    await Promise.allSettled([...topicStreams].map((stream) => stream.drain(drainTimeoutMs)));
    await transport.drain(drainTimeoutMs);
    await this.#parts.outbox?.close();
  }
}
