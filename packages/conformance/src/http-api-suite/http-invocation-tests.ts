import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpApiFixture } from "./http-fixture.js";

/** Service invocation: `/v1.0/invoke/…`, and its other forms. */
export function httpInvocationTests({ test, run, ask, target, expectError }: HttpApiFixture): void {
  const { describe, it, expect } = test;
  const base = () => `/v1.0/invoke/${target().appId}/method`;

  describe("invocation", () => {
    it("passes verb, path, query, headers and body to the app, and its answer back", async () => {
      const reply = await ask(`PUT ${base()}/echo/a%20b?x=1&y=2`, {
        body: "hello",
        headers: { "x-asked": "so", "content-type": "text/plain" },
      });
      expect([reply.status, reply.headers.get("x-answered")]).toEqual([201, "yes"]);
      const { url, ...rest } = reply.json as { readonly url: string };
      expect(rest).toEqual({ verb: "PUT", body: "hello", asked: "so", type: "text/plain" });
      expect(url).toBe("/echo/a%20b?x=1&y=2");
      expect((await ask(`GET ${base()}/echo??x=1?y`)).json).toMatchObject({ url: "/echo??x=1?y" });
    });

    it("takes every verb", async () => {
      for (const verb of ["GET", "POST", "DELETE", "PATCH", "OPTIONS"])
        expect((await ask(`${verb} ${base()}/echo`)).json).toMatchObject({ verb });
    });

    it("gives the caller the status, headers and body of an app that refuses", async () => {
      const reply = await ask(`POST ${base()}/teapot`, { body: "x" });
      expect([reply.status, reply.text]).toEqual([418, "short and stout"]);
      expect([reply.headers.get("content-type"), reply.headers.get("x-kettle")]).toEqual(["text/x-tea", "hot"]);
    });

    it("finds the app by the header dapr-app-id, or a user of that name", async () => {
      const byHeader = await ask("GET /echo?x=1", { headers: { "dapr-app-id": target().appId } });
      expect([byHeader.status, byHeader.json]).toMatchObject([201, { url: "/echo?x=1" }]);
      const user = Buffer.from(`dapr-app-id:${target().appId}`).toString("base64");
      const byUser = await ask("GET /echo", { headers: { authorization: `Basic ${user}` } });
      expect([byUser.status, byUser.json]).toMatchObject([201, { url: "/echo" }]);
    });

    it("answers its own paths itself, whichever app a header names", async () => {
      const headers = { "dapr-app-id": "nobody" };
      expect((await ask("GET /v1.0/metadata", { headers })).json).toMatchObject({ id: target().appId });
    });

    it("streams bodies to the app and back", async () => {
      let heard = (): void => undefined;
      const firstIsBack = new Promise<void>((resolve) => (heard = resolve));
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(Buffer.from("one "));
          if (run.fullDuplex) await firstIsBack;
          controller.enqueue(Buffer.from("two"));
          controller.close();
        },
      });
      const response = await fetch(`${target().address}${base()}/stream`, { method: "POST", body, duplex: "half" });
      expect(response.status).toBe(200);
      let got = "";
      for await (const piece of response.body ?? []) {
        got += Buffer.from(piece).toString();
        heard();
      }
      expect(got).toBe("ONE TWO");
    });

    it("calls a server by its address", async () => {
      const server = createServer((request, response) =>
        response.writeHead(202).end(`${request.method} ${request.url}`),
      );
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      try {
        const plain = await ask(`GET /v1.0/invoke/http://127.0.0.1:${port}/method/a/b?c=d`);
        expect([plain.status, plain.text]).toEqual([202, "GET /a/b?c=d"]);
        const escaped = encodeURIComponent(`http://127.0.0.1:${port}`);
        expect((await ask(`GET /v1.0/invoke/${escaped}/method/a`)).text).toBe("GET /a");
      } finally {
        server.close();
      }
    });

    it("calls an app by its id and namespace", async () => {
      const { appId } = target();
      const id = `${appId}.default`;
      expect((await ask(`GET /v1.0/invoke/${id}/method/echo`)).json).toMatchObject({ verb: "GET", url: "/echo" });
      expect((await ask(`GET /echo`, { headers: { "dapr-app-id": id } })).status).toBe(201);
      expectError(await ask("GET /v1.0/invoke/nobody.default/method/x"), {
        status: 500,
        errorCode: "ERR_DIRECT_INVOKE",
        message: "failed to invoke, id: nobody.default, err:",
      });
    });

    it("says that an app is not there, and that none was named", async () => {
      expectError(await ask("GET /v1.0/invoke/nobody/method/x"), {
        status: 500,
        errorCode: "ERR_DIRECT_INVOKE",
        message: "failed to invoke, id: nobody, err:",
      });
      expectError(await ask("GET /nowhere/at/all"), {
        status: 404,
        errorCode: "ERR_DIRECT_INVOKE",
        message: "failed getting app id either from the URL path or the header dapr-app-id",
      });
    });
  });
}
