import { daprMethods } from "@mecha/sdk-core/protocol";
import { param, type HttpRoute } from "../route.js";

/** Secrets: `/v1.0/secrets/…`. */
export const secretRoutes: readonly HttpRoute[] = [
  {
    verbs: ["GET"],
    path: "secrets/:storeName/bulk",
    async answer(context) {
      const { call, ask } = context;
      const metadata = call.queryMetadata;
      const { data } = await ask(daprMethods.getBulkSecret, { storeName: param(context, "storeName"), metadata });
      call.sendJson(Object.fromEntries(Object.entries(data).map(([key, { secrets }]) => [key, secrets])));
    },
  },
  {
    verbs: ["GET"],
    path: "secrets/:storeName/:key",
    async answer(context) {
      const { call, ask } = context;
      const { data } = await ask(daprMethods.getSecret, {
        storeName: param(context, "storeName"),
        key: param(context, "key"),
        metadata: call.queryMetadata,
      });
      if (Object.keys(data).length === 0) call.sendNothing();
      else call.sendJson(data);
    },
  },
];
