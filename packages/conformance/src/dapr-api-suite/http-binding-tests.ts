import type { Echo } from "./echo-server.js";
import { failureOf, type DaprApiFixture } from "./fixture.js";

/** Output bindings on an HTTP server: operations are verbs. */
export function httpBindingTests({ test: { expect }, block }: DaprApiFixture): void {
  block("httpBinding", (it) => {
    it("sends verb, path, headers and data, and gives back body, status and headers", async (name, { mecha }) => {
      const reply = await mecha
        .binding(name)
        .invoke(
          "put",
          { n: 1 },
          { metadata: { path: "/orders/42?now=1", "X-Trace": "abc", "Content-Type": "text/x" } },
        );
      expect(reply.json<Echo>()).toMatchObject({
        method: "PUT",
        path: "/orders/42?now=1",
        headers: { "x-trace": "abc", "content-type": "text/x" },
        body: '{"n":1}',
      });
      expect(reply.metadata).toMatchObject({ statusCode: "200", "X-Echo": "yes" });
    });

    it("takes create for POST, and sends no data with GET", async (name, { mecha }) => {
      const binding = mecha.binding(name);
      const created = (await binding.invoke("create", "text")).json<Echo>();
      expect([created.method, created.body]).toEqual(["POST", '"text"']);
      const got = (await binding.invoke("get", "text")).json<Echo>();
      expect([got.method, got.body]).toEqual(["GET", ""]);
    });

    it("fails where the server does, unless it is told not to", async (name, { mecha }) => {
      const binding = mecha.binding(name);
      const metadata = { path: "/status/404" };
      const failure = await failureOf(binding.invoke("get", undefined, { metadata }));
      expect([failure.grpcStatus, failure.reason]).toEqual([13, "ERR_INVOKE_OUTPUT_BINDING"]);
      expect(failure.message).toContain("404");
      const reply = await binding.invoke("get", undefined, { metadata: { ...metadata, errorIfNot2XX: "false" } });
      expect(reply.metadata["statusCode"]).toBe("404");
      expect(reply.json<Echo>().path).toBe("/status/404");
    });

    it("refuses an operation that is no verb", async (name, { mecha }) => {
      const failure = await failureOf(mecha.binding(name).invoke("fly"));
      expect([failure.grpcStatus, failure.reason]).toEqual([13, "ERR_INVOKE_OUTPUT_BINDING"]);
      expect(failure.message).toContain("fly");
    });
  });
}
