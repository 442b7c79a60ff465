import { appCallback } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { httpApp, context, failureOf } from "../../test/app-channel-fixture.js";

test("an HTTP app is asked for its topics, bindings and actors", async () => {
  const { channel, wantsEvents } = await httpApp(
    ({ verb, url }, response) => {
      if (url === "/dapr/subscribe")
        response.end(
          JSON.stringify([
            { pubsubname: "events", topic: "a", route: "/a" },
            {
              pubsubname: "events",
              topic: "b",
              routes: { rules: [{ match: "event.type == 'x'", path: "/x" }], default: "/b" },
              deadLetterTopic: "dead",
              bulkSubscribe: { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 20 },
            },
          ]),
        );
      else if (url === "/dapr/config")
        response.end(JSON.stringify({ entities: ["Cart"], actorIdleTimeout: "1h", reentrancy: { enabled: true } }));
      else response.writeHead(verb === "OPTIONS" && url === "/tick" ? 200 : 404).end();
    },
    { bindingRoute: (name) => (name === "clock" ? "/tick" : name) },
  );
  expect(channel.subscriptions?.map(({ topic, routes }) => [topic, routes?.default])).toEqual([
    ["a", "/a"],
    ["b", "/b"],
  ]);
  expect(channel.subscriptions?.[1]).toMatchObject({
    deadLetterTopic: "dead",
    bulkSubscribe: { maxMessagesCount: 10, maxAwaitDurationMs: 20 },
    routes: { rules: [{ match: "event.type == 'x'", path: "/x" }] },
  });
  expect([await wantsEvents("clock"), await wantsEvents("other")]).toEqual([true, false]);
  expect(channel.actor).toMatchObject({
    types: ["Cart"],
    config: { actorIdleTimeout: { seconds: 3600n, nanos: 0 }, reentrancy: { enabled: true } },
  });
});

test("what an HTTP app says of itself is read in any case of letters, as by daprd", async () => {
  const { channel } = await httpApp(({ url }, response) => {
    if (url === "/dapr/subscribe")
      response.end('[{ "pubsubName": "events", "TOPIC": "a", "route": "/a", "metadata": { "rawPayload": true } }]');
    else if (url === "/dapr/config") response.end('{ "Entities": ["Cart"], "actoridletimeout": "1s" }');
    else response.writeHead(404).end();
  });
  expect(channel.subscriptions).toMatchObject([
    { pubsubName: "events", topic: "a", routes: { default: "/a" }, metadata: { rawPayload: "true" } },
  ]);
  expect(channel.actor).toMatchObject({ types: ["Cart"], config: { actorIdleTimeout: { seconds: 1n, nanos: 0 } } });
});

test("actors of an HTTP app are called on daprd's routes", async () => {
  const { channel, seen } = await httpApp(({ verb, url }, response) => {
    if (url === "/dapr/config") response.end('{"entities":["Cart"]}');
    else if (url.endsWith("/method/fail")) response.setHeader("X-DaprErrorResponseHeader", "true").end("why");
    else if (url.includes("/remind/")) response.setHeader("X-DaprReminderCancel", "true").end();
    else if (url.endsWith("/nothing")) response.writeHead(404).end();
    else response.end(verb);
  });
  const cart = { actorType: "Cart", actorId: "a b" };
  const data = Buffer.from('{"n":1}');
  expect(await channel.actor?.invoke({ ...cart, method: "add", data, metadata: {} }, context())).toMatchObject({
    data: Buffer.from("PUT"),
  });
  expect(seen.at(-1)).toMatchObject({ url: "/actors/Cart/a%20b/method/add", body: '{"n":1}' });
  const metadata = { city: "杭州", bytes: "Ã©" };
  await channel.actor?.invoke({ ...cart, method: "add", data, metadata }, context());
  const sent = { city: Buffer.from(metadata.city, "utf8").toString("latin1"), bytes: metadata.bytes };
  expect(seen.at(-1)?.headers).toMatchObject(sent);
  expect(await channel.actor?.invoke({ ...cart, method: "fail", data, metadata: {} }, context())).toMatchObject({
    data: Buffer.from("why"),
    failed: true,
  });
  const schedule = { ...cart, name: "r", dueTime: "1s", period: "", data };
  expect(await channel.actor?.reminder(schedule, context())).toEqual({ cancel: true });
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toEqual({ dueTime: "1s", period: "", data: { n: 1 } });
  expect(await channel.actor?.timer({ ...schedule, callback: "go" }, context())).toEqual({ cancel: false });
  expect(seen.at(-1)?.url).toBe("/actors/Cart/a%20b/method/timer/r");
  await channel.actor?.deactivate(cart, context());
  expect(seen.at(-1)).toMatchObject({ verb: "DELETE", url: "/actors/Cart/a%20b" });
  const missing = channel.actor?.invoke({ ...cart, method: "nothing", data, metadata: {} }, context());
  expect((await failureOf(Promise.resolve(missing))).code).toBe("NOT_FOUND");
});

test("bindings, jobs and configuration reach the routes of an HTTP app", async () => {
  const { channel, seen } = await httpApp((_one, response) => response.end('{"ok":true}'), {
    bindingRoute: () => "/tick",
  });
  const data = Buffer.from("tock");
  const reply = await channel.binding?.({ name: "clock", data, metadata: { Timezone: "UTC" } }, context());
  expect(reply?.data.toString()).toBe('{"ok":true}');
  expect(seen.at(-1)).toMatchObject({ url: "/tick", body: "tock", headers: { timezone: "UTC" } });

  const job = { ...appCallback.JobEventRequest.fromPartial({}), name: "nightly", data: { typeUrl: "", value: data } };
  await channel.job?.(job, context());
  expect(seen.at(-1)).toMatchObject({ verb: "POST", url: "/job/nightly", body: "tock" });

  const values = new Map([["color", { value: "red", version: "1", metadata: {} }]]);
  await channel.configuration?.({ store: "settings", values } as never, context());
  expect(seen.at(-1)?.url).toBe("/configuration/settings/color");
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toEqual({
    items: { color: { value: "red", version: "1", metadata: {} } },
  });
});

test("an app that does not take one changed key of a configuration is told of the others", async () => {
  const { channel, seen } = await httpApp(({ url }, response) =>
    response.writeHead(url.endsWith("/color") ? 500 : 200).end(),
  );
  const value = { value: "1", version: "1", metadata: {}, isRemoved: false };
  const values = new Map([
    ["color", value],
    ["size", value],
  ]);
  await expect(channel.configuration?.({ store: "settings", values }, context())).rejects.toThrow("500");
  expect(seen.slice(-2).map(({ url }) => url)).toEqual([
    "/configuration/settings/color",
    "/configuration/settings/size",
  ]);
});

test("an app that serves a page at every path has no topics and actors", async () => {
  const { channel } = await httpApp((_one, response) => response.end("<html></html>"));
  expect([channel.subscriptions, channel.actor]).toEqual([[], undefined]);
});
