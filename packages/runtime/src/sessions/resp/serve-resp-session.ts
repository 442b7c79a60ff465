import type { Duplex } from "node:stream";
import { nativeCommandEvent } from "@mecha/sdk-core/protocol";
import { RespSession } from "./resp-session.js";
import { SessionCalls } from "./session-calls.js";
import type { SessionPolicy } from "./session-policy.js";

export { readSessionPolicy } from "./session-policy.js";

/** Puts a policy before a connection to a server that speaks Redis's protocol. The session tells of each call by {@link nativeCommandEvent}. */
export function serveRespSession(server: Duplex, policy: SessionPolicy): RespSession {
  const calls = new SessionCalls(policy, (name, durationUs) => session.emit(nativeCommandEvent, name, durationUs));
  const session = new RespSession(server, calls);
  session.on("newListener", (event) => {
    if (event === nativeCommandEvent) calls.counts = true;
  });
  return session;
}
