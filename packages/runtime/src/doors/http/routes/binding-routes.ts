import { daprMethods } from "@mecha/sdk-core/protocol";
import { noData } from "../../../bindings/invoke-binding.js";
import { forWebPages, goJson } from "../go-json.js";
import { param, type HttpRoute } from "../route.js";

/** Output bindings: `/v1.0/bindings/…`. */
export const bindingRoutes: readonly HttpRoute[] = [
  {
    verbs: ["POST", "PUT"],
    path: "bindings/:name",
    async answer(context) {
      const { call, ask } = context;
      const body = await call.fields();
      const { data, metadata } = await ask(daprMethods.invokeBinding, {
        name: param(context, "name"),
        // A binding gets JSON from this API, no data being null.
        data: Buffer.from(forWebPages(goJson(body.any("data") ?? null)), "utf8"),
        metadata: body.texts("metadata"),
        operation: body.text("operation"),
      });
      const headers = call.metadataHeaders(metadata);
      if (data === noData && Object.keys(headers).length === 0) call.sendNothing();
      else call.sendBytes(data, { headers });
    },
  },
];
