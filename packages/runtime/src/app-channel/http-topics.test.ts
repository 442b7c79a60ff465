import { appCallback } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { Status, httpApp, context, event, failureOf } from "../../test/app-channel-fixture.js";
import { noteMessage } from "../pubsub/event-message.js";

test("events are CloudEvents in JSON, and the status in the answer counts", async () => {
  let answer = "";
  const { channel, seen } = await httpApp((_one, response) => response.end(answer));
  const statuses: unknown[] = [];
  for (answer of ["", "not json", '{"status":"RETRY"}', '{"status":"DROP"}', '{"status":"SUCCESS"}'])
    statuses.push((await channel.topic?.(event("application/json", '{"n":1.0}'), context()))?.status);
  expect(statuses).toEqual([Status.SUCCESS, Status.SUCCESS, Status.RETRY, Status.DROP, Status.SUCCESS]);

  const { url, headers, body } = seen.at(-1) ?? { body: "" };
  expect(url).toBe("/on/orders");
  expect(headers?.["content-type"]).toBe("application/cloudevents+json");
  expect(body).toContain('"data":{"n":1.0}');
  expect(JSON.parse(body)).toEqual({
    id: "e1",
    source: "shop",
    type: "paid",
    specversion: "1.0",
    datacontenttype: "application/json",
    topic: "orders",
    pubsubname: "events",
    traceparent: "00-1",
    data: { n: 1 },
  });
  await channel.topic?.(event("application/octet-stream", "\u0001"), context());
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({ data_base64: "AQ==" });
});

test("an event whose handler fails is asked for again; one without a route is acknowledged", async () => {
  let status = 500;
  const { channel } = await httpApp((_one, response) => response.writeHead(status).end("oh"));
  expect((await failureOf(Promise.resolve(channel.topic?.(event("text/plain", "x"), context())))).message).toContain(
    "500: oh",
  );
  status = 404;
  expect(await channel.topic?.(event("text/plain", "x"), context())).toEqual({ status: Status.SUCCESS });
});

test("several events go together, each with a status of its own", async () => {
  const { channel, seen } = await httpApp((_one, response) =>
    response.end('{"statuses":[{"entryId":"1","status":"SUCCESS"},{"entryId":"2","status":"RETRY"}]}'),
  );
  const reply = await channel.bulkTopic?.(
    {
      id: "b1",
      topic: "orders",
      pubsubName: "events",
      type: "bulk",
      path: "/bulk",
      metadata: {},
      entries: [
        { entryId: "1", contentType: "", metadata: {}, event: { $case: "bytes", value: Buffer.from("a") } },
        {
          entryId: "2",
          contentType: "application/cloudevents+json",
          metadata: { k: "v" },
          event: {
            $case: "cloudEvent",
            value: {
              ...appCallback.TopicEventCERequest.fromPartial({}),
              id: "e2",
              dataContentType: "text/plain",
              data: Buffer.from("b"),
            },
          },
        },
      ],
    },
    context(),
  );
  expect(reply?.statuses).toEqual([
    { entryId: "1", status: Status.SUCCESS },
    { entryId: "2", status: Status.RETRY },
  ]);
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({
    id: "b1",
    entries: [
      { entryId: "1", event: "YQ==" },
      { entryId: "2", metadata: { k: "v" }, event: { id: "e2", topic: "orders", data: "b" } },
    ],
  });
});

test("properties of a message are headers, but for those that no header can hold or that are not the publisher's to say", async () => {
  const { channel, seen } = await httpApp((_one, response) => response.end());
  const city = { city: "杭州 é" };
  const metadata = {
    ...city,
    Colour: "red",
    "a b": "x",
    line: "one\r\ntwo",
    "content-length": "1",
    "dapr-api-token": "mine",
  };
  const message = { id: "1", data: Buffer.from("{}"), metadata, attempt: 1 };
  await channel.topic?.(noteMessage(event("text/plain", "x"), message, false), context());
  const { headers, body } = seen.at(-1) ?? { headers: {}, body: "" };
  expect(body).toBe("{}");
  expect(headers).toMatchObject({ colour: "red", pubsubname: "events", "dapr-api-token": "from-runtime" });
  expect(headers).toMatchObject({ city: Buffer.from(city.city, "utf8").toString("latin1") });
  for (const name of ["a b", "line"]) expect(headers).not.toHaveProperty([name]);
  expect(headers["content-length"]).toBe("2");
});
