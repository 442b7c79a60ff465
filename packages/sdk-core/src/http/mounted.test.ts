import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import express, { type Express, type RequestHandler } from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import type { Host } from "../app/host.js";

const require = createRequire(import.meta.url);

/** The major version before, which has no types here: what the tests use of it is the same. */
const express4 = require("express-4") as typeof express;

/** Serves an express app on a free port. */
async function serve(app: Express): Promise<string> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function newHost(): Promise<Host> {
  return (await mechaOver(await testRuntime([]), "gRPC")).host({ onError: () => undefined });
}

const post = async (url: string, body: string | Uint8Array<ArrayBuffer>, contentType = "application/json") => {
  const reply = await fetch(url, { method: "POST", headers: { "content-type": contentType }, body });
  return { status: reply.status, text: await reply.text() };
};

const versions = [
  ["express 5", express],
  ["express 4", express4],
] as const;

describe.each(versions)("a host that is mounted in an app of the user's own on %s", (_version, express) => {
  it("answers what is for it, needs no port, and leaves the rest to the routes around it", async () => {
    const host = (await newHost()).onInvoke("reserve", ({ json }) => json<unknown>()).onJob("night*", () => undefined);
    const app = express();
    app.get("/before", (_request, response) => void response.send("before"));
    app.use(host.router());
    app.get("/after", (_request, response) => void response.send("after"));
    const url = await serve(app);
    await host.start();
    expect(await post(`${url}/reserve`, '{"n":1}')).toEqual({ status: 200, text: '{"n":1}' });
    expect(await post(`${url}/job/nightly`, "{}")).toEqual({ status: 200, text: "{}" });
    expect(await (await fetch(`${url}/before`)).text()).toBe("before");
    expect(await (await fetch(`${url}/after`)).text()).toBe("after");
    expect((await post(`${url}/job/other`, "{}")).status).toBe(404);
    await host.close();
    expect((await post(`${url}/reserve`, "{}")).status).toBe(503);
    expect(await (await fetch(`${url}/after`)).text()).toBe("after");
  });

  it.each([
    ["no parser", (app: Express) => app],
    ["parsers of JSON, text and bytes", (app: Express) => app.use(express.json(), express.text(), express.raw())],
    [
      "a parser that keeps the bytes, as Nest does with rawBody",
      (app: Express) =>
        app.use(
          express.json({
            verify: (request, _response, bytes) => {
              Object.assign(request, { rawBody: bytes });
            },
          }),
        ),
    ],
  ])("gets bodies whole behind %s", async (_title, prepare) => {
    const seen: unknown[] = [];
    const host = (await newHost())
      .onInvoke("length", ({ bytes }) => bytes.length)
      .onInvoke("json", ({ json }) => json<unknown>())
      .onTopic("events", "t", async ({ data }) => void seen.push(data), { route: "/events" });
    const app = prepare(express());
    app.use("/app", host.router());
    const url = `${await serve(app)}/app`;
    expect(await post(`${url}/json`, '{"a":[1,2]}')).toEqual({ status: 200, text: '{"a":[1,2]}' });
    expect(await post(`${url}/length`, "text", "text/plain")).toEqual({ status: 200, text: "4" });
    expect(await post(`${url}/length`, new Uint8Array(300), "application/octet-stream")).toEqual({
      status: 200,
      text: "300",
    });
    expect(await post(`${url}/length`, "", "application/json")).toEqual({ status: 200, text: "0" });
    const event = JSON.stringify({ specversion: "1.0", id: "1", datacontenttype: "application/json", data: { n: 1 } });
    expect(await post(`${url}/events`, event, "application/cloudevents+json")).toEqual({
      status: 200,
      text: '{"status":"SUCCESS"}',
    });
    expect(seen).toEqual([{ n: 1 }]);
  });

  it("writes a form again that a parser has read, and says so of a body of which nothing is left", async () => {
    const host = (await newHost()).onInvoke("form", ({ bytes }) => Buffer.from(bytes).toString());
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    const swallow: RequestHandler = (request, _response, next) => {
      request.resume();
      request.on("end", next);
    };
    app.use("/swallow", swallow, host.router());
    app.use(host.router());
    const url = await serve(app);
    expect((await post(`${url}/form`, "a=1&b=x+y", "application/x-www-form-urlencoded")).text).toBe('"a=1&b=x+y"');
    const swallowed = await post(`${url}/swallow/form`, "text", "text/plain");
    expect(swallowed).toMatchObject({
      status: 400,
      text: expect.stringContaining("mount host.router() before it") as unknown,
    });
  });
});
