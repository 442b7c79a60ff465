import { MechaError } from "@mecha/spec";
import type { HttpRoute } from "../route.js";

/** Where the health of a runtime is asked for; these need no token. */
export const healthPaths: ReadonlySet<string> = new Set(["/v1.0/healthz", "/v1.0/healthz/outbound"]);

/** Health: `/v1.0/healthz` waits for the app, `/v1.0/healthz/outbound` does not. */
export const healthRoutes: readonly HttpRoute[] = [
  {
    verbs: ["GET"],
    path: "healthz",
    async answer({ call, runtime, isReady }) {
      if (!isReady()) throw unhealthy("ERR_HEALTH_NOT_READY", "dapr is not ready: [app]");
      const appId = call.query.get("appid");
      if (appId !== null && appId !== runtime.appId)
        throw unhealthy("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
      call.sendNothing();
    },
  },
  {
    verbs: ["GET"],
    path: "healthz/outbound",
    // The door opens when all components have started.
    async answer({ call }) {
      call.sendNothing();
    },
  },
];

function unhealthy(reason: string, message: string): MechaError {
  return new MechaError("INTERNAL", message, { reason, httpStatus: 500 });
}
