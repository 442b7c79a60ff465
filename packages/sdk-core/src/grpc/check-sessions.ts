import type { ServerHttp2Session } from "node:http2";

/**
 * Pings every connection from time to time, and destroys one that has not answered by the next time. Node tells nothing of some
 * connections that are over: one that carried what is no HTTP/2 stays open for good, also when the other side has left.
 *
 * @returns how to stop
 */
export function checkSessions(sessions: ReadonlySet<ServerHttp2Session>, everyMs: number): () => void {
  const unanswered = new WeakSet<ServerHttp2Session>();
  const check = (session: ServerHttp2Session): void => {
    if (session.destroyed) return;
    if (unanswered.has(session)) {
      session.destroy();
      return;
    }
    unanswered.add(session);
    session.ping((error) => {
      if (error === null) unanswered.delete(session);
    });
  };
  const timer = setInterval(() => {
    for (const session of sessions) check(session);
  }, everyMs).unref();
  return () => clearInterval(timer);
}
