import { daprMethods } from "@mecha/sdk-core/protocol";
import { param, type HttpRoute } from "../route.js";

/** Locks: `/v1.0-alpha1/lock/…` and `/v1.0-alpha1/unlock/…`. */
export const lockRoutes: readonly HttpRoute[] = [
  {
    verbs: ["POST"],
    versions: ["v1.0-alpha1"],
    path: "lock/:storeName",
    async answer(context) {
      const body = await context.call.optionalFields();
      const { success } = await context.ask(daprMethods.tryLockAlpha1, {
        storeName: param(context, "storeName"),
        resourceId: body.text("resourceId"),
        lockOwner: body.text("lockOwner"),
        expiryInSeconds: body.whole("expiryInSeconds"),
      });
      context.call.sendJson({ success });
    },
  },
  {
    verbs: ["POST"],
    versions: ["v1.0-alpha1"],
    path: "unlock/:storeName",
    async answer(context) {
      const body = await context.call.optionalFields();
      const { status } = await context.ask(daprMethods.unlockAlpha1, {
        storeName: param(context, "storeName"),
        resourceId: body.text("resourceId"),
        lockOwner: body.text("lockOwner"),
      });
      context.call.sendJson({ status });
    },
  },
];
