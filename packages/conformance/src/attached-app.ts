import { serveAppCallback } from "@mecha/sdk-core/grpc";
import type { AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/** A server that is the app of a sidecar for as long as that runs, whichever channel is attached at the time. */
export interface AttachedApp {
  /** Makes a channel the app; resolves with how to take it away. */
  attach(channel: AppChannel): Promise<() => Promise<void>>;
  /** Stops serving; calls under way have a second to end. */
  close(): Promise<void>;
}

/** Serves the app of a sidecar on a port: daprd waits for its app when it starts, the suite attaches one with each test. */
export async function serveAttachedApp(port: number): Promise<AttachedApp> {
  let attached: AppChannel = {};
  const call = <A extends readonly unknown[], R>(handler: ((...args: A) => R) | undefined, args: A): R => {
    if (handler === undefined) throw new MechaError("UNIMPLEMENTED", "The suite attaches no app that takes this call");
    return handler(...args);
  };
  const stop = await serveAppCallback(
    {
      invoke: async (...args) => call(attached.invoke, args),
      topic: async (...args) => call(attached.topic, args),
      bulkTopic: async (...args) => call(attached.bulkTopic, args),
      binding: async (...args) => call(attached.binding, args),
      job: async (...args) => call(attached.job, args),
    },
    { port },
    { authorize: () => undefined, maximumMessageBytes: 4 * 1024 * 1024, graceMs: 1_000 },
  );
  return {
    attach(channel) {
      attached = channel;
      return Promise.resolve(() => {
        attached = {};
        return Promise.resolve();
      });
    },
    close: stop,
  };
}
