import { MechaError } from "@mecha/sdk-core";
import { openAdapterSession, type AdapterSession } from "./adapter-session.js";

/** A session that is opened when it is first needed, and again after a failure. */
export interface LazySession {
  /** The session while it is open: who calls often need not wait for {@link get} each time. */
  readonly opened: AdapterSession | undefined;
  /**
   * The session, opened if need be.
   *
   * @throws MechaError as {@link openAdapterSession}; `FAILED_PRECONDITION` once the session was closed.
   */
  get(): Promise<AdapterSession>;
  /** Gives the session back if it was opened, for good. Idempotent. */
  close(): Promise<void>;
}

/** Makes a lazy session: legacy constructors are synchronous, so nothing can be awaited there. */
export function createLazySession(): LazySession {
  let opening: Promise<AdapterSession> | undefined;
  let opened: AdapterSession | undefined;
  let closing: Promise<void> | undefined;
  const isClosed = (): boolean => closing !== undefined;
  return {
    get opened() {
      return opened;
    },
    async get() {
      // A session that opened again for a late call would have nobody to close it.
      if (isClosed()) throw closedAlready();
      opening ??= openAdapterSession().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      const session = await opening;
      // close() may have come meanwhile.
      if (isClosed()) throw closedAlready();
      opened = session;
      return session;
    },
    close() {
      opened = undefined;
      closing ??= (async () => {
        const session = await opening?.catch(() => undefined);
        await session?.close();
      })();
      return closing;
    },
  };
}

function closedAlready(): MechaError {
  return new MechaError("FAILED_PRECONDITION", "This client is closed; make a new one", {
    operation: "adapters.connect",
  });
}
