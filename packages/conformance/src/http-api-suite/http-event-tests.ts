import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { HttpApiFixture } from "./http-fixture.js";
import { suiteDroppedTopic, suiteTopic } from "./suite-app.js";

/** Publishing and output bindings: `/v1.0/publish/…`, `/v1.0/bindings/…`. */
export function httpEventTests({ test, run, ask, app, expectError }: HttpApiFixture): void {
  const { describe, it, expect } = test;
  const { pubsub, binding } = run.components;

  describe("pubsub", () => {
    it("brings a published event to the app's route, as a CloudEvent", async () => {
      const id = uniqueName("event");
      const published = await ask(`POST /v1.0/publish/${pubsub}/${suiteTopic}?metadata.cloudevent.id=${id}`, {
        body: { n: 1 },
        headers: { "content-type": "application/json" },
      });
      expect([published.status, published.text]).toEqual([204, ""]);
      const event = await app().next("the event came", ({ url, body }) => url === "/on-event" && body.includes(id));
      expect(event.headers["content-type"]).toMatch(/^application\/cloudevents\+json/u);
      expect(JSON.parse(event.body)).toMatchObject({
        id,
        specversion: "1.0",
        type: "com.dapr.event.sent",
        datacontenttype: "application/json",
        topic: suiteTopic,
        pubsubname: pubsub,
        data: { n: 1 },
      });
    });

    it("brings the publisher's own CloudEvent as it is, with what it lacks", async () => {
      const id = uniqueName("event");
      const own = { id, source: "shop", type: "paid", specversion: "1.0", data: { n: 1 }, colour: "red" };
      const headers = { "content-type": "application/cloudevents+json" };
      await ask(`POST /v1.0/publish/${pubsub}/${suiteTopic}`, { body: own, headers });
      const event = await app().next("the event came", ({ url, body }) => url === "/on-event" && body.includes(id));
      const { time, traceid, traceparent, tracestate, ...rest } = JSON.parse(event.body) as Record<string, unknown>;
      expect([time, traceid, traceparent, tracestate].map((value) => typeof value)).toEqual(Array(4).fill("string"));
      expect(rest).toEqual({ ...own, topic: suiteTopic, pubsubname: pubsub });
    });

    it("brings bytes that were published without an envelope as they are", async () => {
      const id = uniqueName("event");
      await ask(`POST /v1.0/publish/${pubsub}/${suiteTopic}?metadata.rawPayload=true`, { body: { bare: id } });
      const event = await app().next("the event came", ({ url, body }) => url === "/on-event" && body.includes(id));
      expect(JSON.parse(event.body)).toEqual({ bare: id });
    });

    it("tells the properties of a message by headers, but none of the connection", async () => {
      const id = uniqueName("event");
      const metadata = "metadata.colour=red&metadata.connection=close";
      await ask(`POST /v1.0/publish/${pubsub}/${suiteTopic}?${metadata}`, { body: id });
      const { headers, body } = await app().next("the event came", (one) => one.body.includes(id));
      expect(headers).toMatchObject({ pubsubname: pubsub, colour: "red" });
      expect(headers.connection).not.toBe("close");
      expect(JSON.parse(body)).not.toHaveProperty("colour");
    });

    it("brings what the app drops to the dead letter topic, as it was published", async () => {
      const id = uniqueName("event");
      await ask(`POST /v1.0/publish/${pubsub}/${suiteDroppedTopic}`, { body: id });
      const event = await app().next(
        "the event came again",
        ({ url, body }) => url === "/on-dead" && body.includes(id),
      );
      expect(JSON.parse(event.body)).toMatchObject({ topic: suiteDroppedTopic, data: id });
    });

    it("publishes several events at once, of JSON, text and bytes", async () => {
      const [one, two, three] = [uniqueName("one"), uniqueName("two"), uniqueName("three")];
      const entries = [
        { entryId: "1", event: { who: one }, contentType: "application/json" },
        { entryId: "2", event: two, contentType: "text/plain" },
        { entryId: "3", event: Buffer.from(three).toString("base64"), contentType: "application/octet-stream" },
      ];
      expect((await ask(`POST /v1.0/publish/bulk/${pubsub}/${suiteTopic}`, { body: entries })).status).toBe(204);
      const having = (text: string) =>
        app().next(`"${text}" came`, ({ url, body }) => url === "/on-event" && body.includes(text));
      expect(JSON.parse((await having(one)).body)).toMatchObject({ data: { who: one } });
      expect(JSON.parse((await having(two)).body)).toMatchObject({ data: two });
      const bytes = Buffer.from(three).toString("base64");
      expect(JSON.parse((await having(bytes)).body)).toMatchObject({ data_base64: bytes });
    });

    it("refuses entries without an id, and those that are no list", async () => {
      const path = `/v1.0/publish/bulk/${pubsub}/${suiteTopic}`;
      expectError(await ask(`POST ${path}`, { body: [{ event: "x", contentType: "text/plain" }] }), {
        status: 400,
        errorCode: "ERR_PUBSUB_EVENTS_SER",
        reason: "DAPR_PUBSUB_MARSHAL_EVENTS",
      });
      expectError(await ask(`POST ${path}`, { body: "{" }), {
        status: 400,
        errorCode: "ERR_PUBSUB_EVENTS_SER",
        message: `error when unmarshaling the request for topic ${suiteTopic} pubsub ${pubsub}`,
        reason: "DAPR_PUBSUB_UNMARSHAL_EVENTS",
      });
    });

    it("refuses bytes that are no base64, and takes no entries at all", async () => {
      const path = `/v1.0/publish/bulk/${pubsub}/${suiteTopic}`;
      const entry = { entryId: "1", event: "no*base64", contentType: "application/octet-stream" };
      expectError(await ask(`POST ${path}`, { body: [entry] }), {
        status: 400,
        errorCode: "ERR_PUBSUB_EVENTS_SER",
        reason: "DAPR_PUBSUB_MARSHAL_ENVELOPE",
      });
      expect((await ask(`POST ${path}`, { body: "null" })).status).toBe(204);
    });

    it("says that a pub/sub component is not there", async () => {
      expectError(await ask("POST /v1.0/publish/nowhere/topic", { body: "x" }), {
        status: 404,
        errorCode: "ERR_PUBSUB_NOT_FOUND",
        message: "pubsub nowhere is not found",
        reason: "DAPR_PUBSUB_NOT_FOUND",
      });
    });

    it("refuses metadata that makes no sense", async () => {
      const path = `/v1.0/publish/${pubsub}/${suiteTopic}?metadata.rawPayload=perhaps`;
      expectError(await ask(`POST ${path}`, { body: "x" }), {
        status: 400,
        errorCode: "ERR_PUBSUB_REQUEST_METADATA",
        message: "failed deserializing metadata",
        reason: "DAPR_PUBSUB_METADATA_DESERIALIZATION",
      });
    });
  });

  describe("bindings", () => {
    it("passes data, metadata and operation, and gives the answer back", async () => {
      const fileName = uniqueName("file");
      const created = await ask(`POST /v1.0/bindings/${binding}`, {
        body: { operation: "create", data: "hello", metadata: { fileName } },
      });
      expect(created.status).toBe(200);
      const found = await ask(`PUT /v1.0/bindings/${binding}`, { body: { operation: "get", metadata: { fileName } } });
      expect([found.status, found.text]).toEqual([200, "hello"]);
      const nothing = { operation: "create", data: "", metadata: { fileName: `${fileName}-2` } };
      expect((await ask(`POST /v1.0/bindings/${binding}`, { body: nothing })).status).toBe(200);
      const empty = await ask(`POST /v1.0/bindings/${binding}`, { body: { ...nothing, operation: "get" } });
      expect([empty.status, empty.text]).toEqual([200, ""]);
      const structured = { ...nothing, data: { z: "<&>", a: [1, null] }, metadata: { fileName: `${fileName}-3` } };
      expect((await ask(`POST /v1.0/bindings/${binding}`, { body: structured })).status).toBe(200);
      const kept = await ask(`POST /v1.0/bindings/${binding}`, { body: { ...structured, operation: "get" } });
      expect(kept.text).toBe(String.raw`{"a":[1,null],"z":"\u003c\u0026\u003e"}`);
    });

    it("says that a binding or an operation is not there", async () => {
      expectError(await ask("POST /v1.0/bindings/nowhere", { body: { operation: "create" } }), {
        status: 500,
        errorCode: "ERR_INVOKE_OUTPUT_BINDING",
        message: "error invoking output binding nowhere",
      });
      expectError(await ask(`POST /v1.0/bindings/${binding}`, { body: { operation: "fly" } }), {
        status: 500,
        errorCode: "ERR_INVOKE_OUTPUT_BINDING",
      });
      expectError(await ask(`POST /v1.0/bindings/${binding}`, { body: "{" }), {
        status: 400,
        errorCode: "ERR_MALFORMED_REQUEST",
        message: "failed deserializing HTTP body",
      });
    });
  });
}
