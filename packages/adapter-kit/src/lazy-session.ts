import { openAdapterSession, type AdapterSession } from "./adapter-session.js";

/** A session that is opened when it is first needed, and again after a failure. */
export interface LazySession {
  get(): Promise<AdapterSession>;
  /** Gives the session back if it was opened. Idempotent. */
  close(): Promise<void>;
}

/** Makes a lazy session: legacy constructors are synchronous, so nothing can be awaited there. */
export function createLazySession(): LazySession {
  let opening: Promise<AdapterSession> | undefined;
  return {
    get() {
      opening ??= openAdapterSession().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      const opened = opening;
      opening = undefined;
      const session = await opened?.catch(() => undefined);
      await session?.close();
    },
  };
}
