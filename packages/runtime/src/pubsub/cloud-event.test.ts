import type { InboundMessage } from "@mecha/spec";
import { expect, test } from "vitest";
import { makeCloudEvent, type EventToPublish } from "./make-cloud-event.js";
import { readCloudEvent } from "./read-cloud-event.js";

const event: EventToPublish = {
  appId: "shop",
  pubsubName: "events",
  topic: "paid",
  data: Buffer.from("{}"),
  contentType: "application/json",
  metadata: {},
  features: [],
};

function made(fields: Partial<EventToPublish>): Record<string, unknown> {
  return JSON.parse(makeCloudEvent({ ...event, ...fields }).toString()) as Record<string, unknown>;
}

function inbound(fields: Partial<InboundMessage>): InboundMessage {
  return { id: "m-1", data: Buffer.from("{}"), metadata: {}, attempt: 1, ...fields };
}

const where = { pubsubName: "events", topic: "paid", raw: false };

test("an envelope has daprd's attributes and defaults", () => {
  const { id, time, ...rest } = made({});
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(rest).toEqual({
    specversion: "1.0",
    datacontenttype: "application/json",
    source: "shop",
    type: "com.dapr.event.sent",
    topic: "paid",
    pubsubname: "events",
    traceid: "",
    traceparent: "",
    tracestate: "",
    data: {},
  });
});

test("JSON goes in without a digit lost", () => {
  const text = makeCloudEvent({ ...event, data: Buffer.from('{"id":12345678901234567890,"price":1.10}') }).toString();
  expect(text).toContain('"data":{"id":12345678901234567890,"price":1.10}');
});

test("data goes in by its media type", () => {
  expect(made({ contentType: "", data: Buffer.from("hi") })).toMatchObject({
    datacontenttype: "text/plain",
    data: "hi",
  });
  expect(made({ contentType: "application/json; charset=utf-8", data: Buffer.from("[1]") })).toMatchObject({
    data: [1],
  });
  expect(made({ data: Buffer.from("no json") })).toMatchObject({
    datacontenttype: "application/json",
    data: "no json",
  });
  const binary = made({ contentType: "application/octet-stream", data: Buffer.from([0, 255]) });
  expect(binary).toMatchObject({ data_base64: "AP8=" });
  expect(binary).not.toHaveProperty("data");
});

test("a time to live becomes an expiration, unless the broker has its own", () => {
  const metadata = { ttlInSeconds: "60" };
  const inMs = Date.parse(String(made({ metadata })["expiration"])) - Date.now();
  expect(inMs).toBeGreaterThan(55_000);
  expect(inMs).toBeLessThanOrEqual(60_000);
  expect(made({ metadata, features: ["MESSAGE_TTL"] })).not.toHaveProperty("expiration");
  expect(() => made({ metadata: { ttlInSeconds: "soon" } })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
  );
});

test("the publisher's own envelope must be one", () => {
  const contentType = "application/cloudevents+json";
  expect(() => made({ contentType, data: Buffer.from("[]") })).toThrow(
    expect.objectContaining({ reason: "DAPR_PUBSUB_CLOUD_EVENT_CREATION" }) as Error,
  );
  expect(() => made({ contentType, data: Buffer.from("{") })).toThrow(
    expect.objectContaining({ reason: "DAPR_PUBSUB_CLOUD_EVENT_CREATION" }) as Error,
  );
});

test("what was made is read again", () => {
  const data = makeCloudEvent({ ...event, data: Buffer.from('{"sum":5}'), metadata: { "cloudevent.subject": "42" } });
  const read = readCloudEvent(inbound({ data, metadata: { colour: "blue" }, attempt: 3 }), where);
  expect(read).toMatchObject({
    source: "shop",
    type: "com.dapr.event.sent",
    specVersion: "1.0",
    dataContentType: "application/json",
    expired: false,
  });
  expect(read.data.toString()).toBe('{"sum":5}');
  expect(read.extensions).toMatchObject({ topic: "paid", subject: "42", colour: "blue", deliveryattempt: 3 });
  expect(read.extensions).not.toHaveProperty("data");
});

test("data that was parsed comes along, where it is JSON that has a value", () => {
  const read = (fields: Partial<EventToPublish>) =>
    readCloudEvent(inbound({ data: makeCloudEvent({ ...event, ...fields }) }), where);
  const price = '{"price":1.10,"id":12345678901234567890}';
  expect(read({ data: Buffer.from(price) })).toMatchObject({ parsed: { price: 1.1 }, data: Buffer.from(price) });
  expect(read({ data: Buffer.from("null") })).toMatchObject({ parsed: undefined, data: Buffer.alloc(0) });
  expect(read({ data: Buffer.from("hi"), contentType: "text/plain" })).toMatchObject({
    parsed: undefined,
    data: Buffer.from("hi"),
  });
  const bytes = { data: Buffer.from([0, 255]), contentType: "application/octet-stream" };
  expect(read(bytes)).toMatchObject({ parsed: undefined, data: bytes.data });
});

test("an attribute becomes a property of its name, whatever the name is", () => {
  const data = Buffer.from('{"id":"1","__proto__":{"topic":"forged"},"datacontenttype":"application/json","data":1}');
  const { extensions } = readCloudEvent(inbound({ data }), where);
  expect(extensions["topic"]).toBeUndefined();
  expect(Object.entries(extensions)).toEqual([
    ["__proto__", { topic: "forged" }],
    ["deliveryattempt", 1],
  ]);
});

test("a property of the message does not replace an attribute of the event", () => {
  const read = readCloudEvent(
    inbound({ data: makeCloudEvent(event), metadata: { topic: "forged", id: "forged" } }),
    where,
  );
  expect(read.extensions["topic"]).toBe("paid");
  expect(read.id).not.toBe("forged");
});

test("raw bytes get an envelope with the id of the message", () => {
  const read = readCloudEvent(inbound({ data: Buffer.from([1, 2]), metadata: { TAGS: "paid", rawPayload: "true" } }), {
    ...where,
    raw: true,
  });
  expect(read.extensions).not.toHaveProperty("rawPayload");
  expect(read).toMatchObject({
    id: "m-1",
    source: "Dapr",
    dataContentType: "application/octet-stream",
    extensions: { TAGS: "paid", topic: "paid", deliveryattempt: 1 },
  });
});

test("an event in binary form has its attributes in properties", () => {
  const read = readCloudEvent(
    inbound({
      contentType: "application/octet-stream",
      data: Buffer.from([7]),
      metadata: { ce_id: "e-1", ce_source: "till", ce_type: "paid" },
    }),
    where,
  );
  expect(read).toMatchObject({ id: "e-1", source: "till", type: "paid", dataContentType: "application/octet-stream" });
  expect([...read.data]).toEqual([7]);
});

test("an event whose time is over says so", () => {
  const data = Buffer.from(JSON.stringify({ id: "1", expiration: "2020-01-01T00:00:00Z" }));
  expect(readCloudEvent(inbound({ data }), where).expired).toBe(true);
});

test("bytes that are no CloudEvent are refused", () => {
  expect(() => readCloudEvent(inbound({ data: Buffer.from("plain text") }), where)).toThrow(SyntaxError);
  expect(() => readCloudEvent(inbound({ data: Buffer.from("[1]") }), where)).toThrow(TypeError);
});
