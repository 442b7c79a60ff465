import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { common } from "@mecha/sdk-core/protocol";
import { expect, onTestFinished, test } from "vitest";
import { httpApp, channelTo, noRoute, context, invokeRequest, failureOf } from "../../test/app-channel-fixture.js";

test("an invocation reaches the route of an HTTP app, with its query, headers and the app's token", async () => {
  const { channel, seen } = await httpApp((_one, response) =>
    response.writeHead(201, { "content-type": "text/css", "x-answer": "42" }).end("made"),
  );
  const call = context({ "x-trace": "abc", connection: "x-private", "x-private": "1", "dapr-api-token": "of-caller" });

  const reply = await channel.invoke?.(invokeRequest("a/../b", "hello"), call);

  expect(reply?.data?.value.toString()).toBe("made");
  expect(reply?.contentType).toBe("text/css");
  expect(call.headers).toMatchObject({ "x-answer": "42", "dapr-http-status": "201" });
  const { verb, url, headers, body } = seen.at(-1) ?? {};
  expect({ verb, url, body }).toEqual({ verb: "POST", url: "/b?a=1", body: "hello" });
  expect(headers).toMatchObject({ "x-trace": "abc", "content-type": "text/plain", "dapr-api-token": "from-runtime" });
  expect(headers).not.toHaveProperty("x-private");
});

test.each(["a?b=1", "a#b", "a\nb", "a%00b", "a%0ab", "a%23b", "a%3Fb"])(
  "no call goes to a part of %j",
  async (method) => {
    const { channel, seen } = await httpApp((_one, response) => response.end());
    const before = seen.length;
    const refusal = { code: "INVALID_ARGUMENT", httpStatus: 400 };
    expect(await failureOf(Promise.resolve(channel.invoke?.(invokeRequest(method, ""), context())))).toMatchObject(
      refusal,
    );
    expect(seen.length).toBe(before);
  },
);

test("the status of an HTTP app becomes daprd's gRPC code, with the start of what the app said", async () => {
  const { channel } = await httpApp((_one, response) => response.writeHead(409).end("x".repeat(80)));
  const failure = await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("m", ""), context())));
  expect(failure).toMatchObject({ code: "ALREADY_EXISTS", message: "Conflict", reason: "Conflict", httpStatus: 409 });
  expect(failure.metadata).toEqual({ "http.code": "409", "http.error_message": "x".repeat(63) });
});

test("an invocation without a verb is refused, as by daprd", async () => {
  const { channel } = await httpApp(noRoute);
  const without = channel.invoke?.({ method: "m", contentType: "" }, context());
  expect(await failureOf(Promise.resolve(without))).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: "missing HTTP extension field",
  });
  const none = channel.invoke?.(invokeRequest("m", "", common.HTTPExtension_Verb.NONE), context());
  expect((await failureOf(Promise.resolve(none))).message).toBe("invalid HTTP verb");
});

test("an answer that is longer than the runtime takes is refused", async () => {
  const { channel } = await httpApp((_one, response) => response.end("x".repeat(2_000)));
  expect((await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("m", ""), context())))).code).toBe(
    "RESOURCE_EXHAUSTED",
  );
});

test("a streamed invocation passes both bodies while they arrive", async () => {
  const server = createServer((request, response) => void request.pipe(response.writeHead(203)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const channel = await channelTo((server.address() as AddressInfo).port, "http");
  let heard = (): void => undefined;
  const firstIsBack = new Promise<void>((resolve) => (heard = resolve));
  async function* pieces() {
    yield Buffer.from("one ");
    await firstIsBack;
    yield Buffer.from("two");
  }

  const reply = await channel.invokeStreamed?.(
    { method: "echo", verb: "POST", querystring: "", contentType: "text/plain", body: pieces() },
    context(),
  );

  expect(reply?.status).toBe(203);
  const got: string[] = [];
  for await (const piece of reply?.body as AsyncIterable<Buffer>) {
    got.push(piece.toString());
    heard();
  }
  expect(got.join("")).toBe("one two");
  expect(got.length).toBeGreaterThan(1);
});

test("a streamed invocation says how long its body is, if the caller did", async () => {
  const { channel, seen } = await httpApp((_one, response) => response.end());
  async function* pieces() {
    yield Buffer.from("one ");
    yield Buffer.from("two");
  }
  for (const length of ["7", undefined]) {
    const metadata = length === undefined ? { "transfer-encoding": "chunked" } : { "content-length": length };
    const request = { method: "m", verb: "POST", querystring: "", contentType: "text/plain", body: pieces() };
    const reply = await channel.invokeStreamed?.(request, context(metadata));
    for await (const piece of reply?.body as AsyncIterable<Uint8Array>) expect(piece).toHaveLength(0);
    expect(seen.at(-1)).toMatchObject({ body: "one two" });
    expect(seen.at(-1)?.headers["content-length"]).toBe(length);
  }
});
