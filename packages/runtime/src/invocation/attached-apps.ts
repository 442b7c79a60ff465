import type {
  AppChannel,
  CallContext,
  common,
  ConfigurationChange,
  StreamedInvocation,
  StreamedReply,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/**
 * The app channels of this process. Each host of the app attaches one; an invocation goes to the first that has the method.
 */
export class AttachedApps {
  readonly #attached: { readonly channel: AppChannel; readonly inFlight: Set<Promise<unknown>> }[] = [];

  /** Whether some channel answers invocations. */
  get canInvoke(): boolean {
    return this.#attached.some(({ channel }) => channel.invoke !== undefined);
  }

  /** Whether some channel answers invocations whose bodies are streams. */
  get canInvokeStreamed(): boolean {
    return this.#attached.some(({ channel }) => channel.invokeStreamed !== undefined);
  }

  /** Whether some channel hears of configuration values that changed. */
  get hearsConfiguration(): boolean {
    return this.#attached.some(({ channel }) => channel.configuration !== undefined);
  }

  /** Adds a channel; the result takes it away again and waits for its calls under way. */
  attach(channel: AppChannel): () => Promise<void> {
    const entry = { channel, inFlight: new Set<Promise<unknown>>() };
    this.#attached.push(entry);
    return async () => {
      const index = this.#attached.indexOf(entry);
      if (index >= 0) this.#attached.splice(index, 1);
      await Promise.allSettled(entry.inFlight);
    };
  }

  /**
   * Calls the app.
   *
   * @throws MechaError what the app throws; `NOT_FOUND` if no channel has the method.
   */
  async invoke(request: common.InvokeRequest, context: CallContext): Promise<common.InvokeResponse> {
    let notFound: MechaError | undefined;
    for (const { channel, inFlight } of this.#attached) {
      if (channel.invoke === undefined) continue;
      const call = channel.invoke(request, context);
      inFlight.add(call);
      try {
        return await call;
      } catch (thrown) {
        if (!isMethodNotFound(thrown)) throw MechaError.from(thrown, `Method "${request.method}" failed`);
        notFound = thrown;
      } finally {
        inFlight.delete(call);
      }
    }
    throw (
      notFound ??
      new MechaError("UNAVAILABLE", "The app has nothing attached that answers invocations", {
        operation: "app.invoke",
      })
    );
  }

  /**
   * Calls the app with bodies that are streams. The first channel that takes such calls answers: what a handler has read of a body
   * cannot be given to another.
   *
   * @throws MechaError what the app throws; `UNAVAILABLE` if no channel takes such calls.
   */
  async invokeStreamed(invocation: StreamedInvocation, context: CallContext): Promise<StreamedReply> {
    const entry = this.#attached.find(({ channel }) => channel.invokeStreamed !== undefined);
    const call = entry?.channel.invokeStreamed?.(invocation, context);
    if (entry === undefined || call === undefined) {
      throw new MechaError("UNAVAILABLE", "The app has nothing attached that answers invocations", {
        operation: "app.invoke",
      });
    }
    entry.inFlight.add(call);
    try {
      return await call;
    } finally {
      entry.inFlight.delete(call);
    }
  }

  /** Tells the app of configuration values that changed. */
  async tellConfiguration(change: ConfigurationChange, context: CallContext): Promise<void> {
    await Promise.all(this.#attached.map(async ({ channel }) => channel.configuration?.(change, context)));
  }
}

/** What a host says of a method that it does not have. */
function isMethodNotFound(thrown: unknown): thrown is MechaError {
  return MechaError.is(thrown) && thrown.code === "NOT_FOUND" && thrown.operation === "app.invoke";
}
