import { describe, expect, it } from "vitest";
import { componentYaml, mechaOver, temporaryFolder, testRuntime, ways, type Way } from "../../test/mecha-fixture.js";
import type { Mecha } from "../mecha.js";
import type { ReceivedEvent } from "./received-events.js";

const quick = { redeliverInterval: "10ms" };

async function open(way: Way): Promise<Mecha> {
  return mechaOver(await testRuntime([componentYaml("events", "pubsub.in-memory", quick)]), way);
}

/** Starts a loop; gives its events one by one. */
function loop<T>(mecha: Mecha, topic: string, options: object = {}): AsyncIterator<ReceivedEvent<T>> {
  return mecha.pubsub("events").subscribe<T>(topic, options)[Symbol.asyncIterator]();
}

/** Publishes until the loop has its first event: it is subscribed then. */
async function firstEvent<T>(
  mecha: Mecha,
  events: AsyncIterator<ReceivedEvent<T>>,
  topic: string,
): Promise<ReceivedEvent<T>> {
  const first = events.next();
  const timer = setInterval(() => void mecha.pubsub("events").publish(topic, "hello"), 50);
  try {
    return (await first).value as ReceivedEvent<T>;
  } finally {
    clearInterval(timer);
  }
}

/** The next event that is not one of {@link firstEvent}. */
async function nextEvent<T>(events: AsyncIterator<ReceivedEvent<T>>): Promise<ReceivedEvent<T>> {
  for (;;) {
    const { value } = (await events.next()) as { value: ReceivedEvent<T> };
    if (value.data !== "hello") return value;
    value.ack();
  }
}

describe.each(ways)("a pub/sub component, %s", (way) => {
  it("says until when an event is of use, and refuses a time that is none", async () => {
    const mecha = await open(way);
    const events = loop<unknown>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    await mecha.pubsub("events").publish("t", 1, { ttlSeconds: 60 });
    const received = await nextEvent(events);
    const leftMs = Date.parse(String(received.event.extensions["expiration"])) - Date.now();
    expect(leftMs).toBeGreaterThan(50_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    received.ack();
    await events.return?.();
    for (const ttlSeconds of [0, 1.5, Number.NaN]) {
      const refusal = expect(mecha.pubsub("events").publish("t", 1, { ttlSeconds })).rejects;
      await refusal.toMatchObject({ code: "INVALID_ARGUMENT", operation: "pubsub.publish" });
    }
  });

  it("delivers what is published: JSON, text and bytes", async () => {
    const mecha = await open(way);
    const events = loop<unknown>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    const { publish } = mecha.pubsub("events");
    await publish("t", { id: 1 });
    await publish("t", "text", { contentType: "text/plain" });
    await publish("t", Uint8Array.of(0, 255));
    const received: unknown[] = [];
    for (let count = 0; count < 3; count++) {
      const event = await nextEvent(events);
      received.push(event.data instanceof Uint8Array ? [...event.data] : event.data);
      expect(event.event).toMatchObject({ topic: "t", pubsubName: "events", specVersion: "1.0" });
      event.ack();
    }
    expect(received).toEqual(expect.arrayContaining([{ id: 1 }, "text", [0, 255]]));
    await events.return?.();
  });

  it("hands raw bytes and metadata through, whatever the metadata says", async () => {
    const mecha = await open(way);
    const events = loop<Uint8Array>(mecha, "raw", { rawPayload: true });
    const first = events.next();
    const metadata = { colour: "grün 红\n", type: "mine", id: "own" };
    const timer = setInterval(
      () => void mecha.pubsub("events").publish("raw", Buffer.from("bytes"), { rawPayload: true, metadata }),
      50,
    );
    const { event } = (await first).value as ReceivedEvent<Uint8Array>;
    clearInterval(timer);
    expect(Buffer.from(event.bytes).toString()).toBe("bytes");
    expect(event.extensions).toMatchObject(metadata);
    await events.return?.();
  });

  it("delivers again what is to be retried, and no more what is dropped", async () => {
    const mecha = await open(way);
    const events = loop<string>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    await mecha.pubsub("events").publish("t", "again");
    const once = await nextEvent(events);
    once.retry();
    once.ack(); // only the first counts
    const twice = await nextEvent(events);
    expect(twice.event.id).toBe(once.event.id);
    twice.drop();
    await mecha.pubsub("events").publish("t", "last");
    expect((await nextEvent(events)).data).toBe("last");
    await events.return?.();
  });

  it("gives events back when the loop is left", async () => {
    const mecha = await open(way);
    const leaving = loop<string>(mecha, "t");
    (await firstEvent(mecha, leaving, "t")).ack();
    await mecha.pubsub("events").publish("t", "unfinished");
    const held = await nextEvent(leaving);
    await leaving.return?.();
    const staying = loop<string>(mecha, "t");
    const again = await nextEvent(staying);
    expect(again.event.id).toBe(held.event.id);
    again.ack();
    await staying.return?.();
  });

  it("ends the loop by its signal, and gives back what waits behind the event at hand", async () => {
    const mecha = await open(way);
    const stopping = new AbortController();
    const events = loop<string>(mecha, "t", { signal: stopping.signal });
    (await firstEvent(mecha, events, "t")).ack();
    for (const data of ["one", "two", "three"]) await mecha.pubsub("events").publish("t", data);
    const atHand = await nextEvent(events);
    stopping.abort();
    atHand.ack();
    expect((await events.next()).done).toBe(true);
    const others = loop<string>(mecha, "t");
    const left = [await nextEvent(others), await nextEvent(others)].map(({ data }) => data);
    expect([atHand.data, ...left].sort()).toEqual(["one", "three", "two"]);
    await others.return?.();
  });

  it("ends the loop when the connection is given back", async () => {
    const mecha = await open(way);
    const events = loop<string>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    const next = nextEvent(events).catch(() => "over");
    await mecha.close();
    await mecha.close();
    expect(await next).toBe("over");
  });

  it("takes what the publisher says of the CloudEvent, and gives it to the subscriber with its types", async () => {
    const mecha = await open(way);
    const events = loop<{ sum: number }>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const cloudEvent = {
      ...{ id: "e-1", type: "order.paid", source: "till", subject: "42", traceParent, traceState: "a=b" },
      time: new Date("2020-01-02T03:04:05.678Z"),
      extensions: { region: "north" },
    };
    await mecha.pubsub("events").publish("t", { sum: 5 }, { cloudEvent });
    const received = await nextEvent(events);
    const { event } = received;
    expect(event).toMatchObject({ id: "e-1", type: "order.paid", source: "till", subject: "42", traceParent });
    expect(event.data).toEqual({ sum: 5 });
    expect(event.time).toEqual(cloudEvent.time);
    expect(event.traceState).toBe("a=b");
    expect(event.extensions).toMatchObject({ region: "north" });
    received.ack();
    await events.return?.();
  });

  it("says when an event was published, and nothing of what nobody said", async () => {
    const mecha = await open(way);
    const events = loop<unknown>(mecha, "t");
    const { event } = await firstEvent(mecha, events, "t");
    expect(Math.abs((event.time?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect([event.subject, event.traceParent, event.traceState]).toEqual([undefined, undefined, undefined]);
    await events.return?.();
  });

  it("passes a whole CloudEvent on, and refuses one that nobody could acknowledge", async () => {
    const mecha = await open(way);
    const { publish } = mecha.pubsub("events");
    const events = loop<string>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    const contentType = "application/cloudevents+json";
    const whole = {
      specversion: "1.0",
      id: "w-1",
      source: "till",
      type: "paid",
      datacontenttype: "text/plain",
      data: "x",
    };
    await publish("t", whole, { contentType });
    const received = await nextEvent(events);
    expect(received.event).toMatchObject({ id: "w-1", source: "till", type: "paid", data: "x" });
    received.ack();
    for (const [data, options] of [
      [{ ...whole, id: "" }, { contentType }],
      [[], { contentType }],
      [whole, { contentType, cloudEvent: { subject: "42" } }],
      ["x", { rawPayload: true, cloudEvent: { subject: "42" } }],
      ["x", { cloudEvent: { id: "" } }],
    ] as const) {
      const refusal = expect(publish("t", data, options)).rejects;
      await refusal.toMatchObject({ code: "INVALID_ARGUMENT", operation: "pubsub.publish", component: "events" });
    }
    await events.return?.();
  });

  it("has at most so many events wait at a time, in their order", async () => {
    const mecha = await open(way);
    const events = loop<number>(mecha, "t", { maxInFlight: 2 });
    (await firstEvent(mecha, events, "t")).ack();
    await mecha.pubsub("events").publishBulk(
      "t",
      [1, 2, 3].map((data) => ({ data })),
    );
    const [one, two] = [await nextEvent(events), await nextEvent(events)];
    let hasThird = false;
    const third = nextEvent(events).then((event) => ((hasThird = true), event));
    // A whole round trip shows that it could have come.
    await mecha.pubsub("events").publish("other", 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hasThird).toBe(false);
    one.ack();
    expect([one.data, two.data, (await third).data]).toEqual([1, 2, 3]);
    await events.return?.();
  });

  it.each([{ match: "true" }, { bulk: true }, { route: "/t" }, { maxInFlight: 0 }, { maxInFlight: 1.5 }])(
    "refuses to stream with %o",
    async (options) => {
      const mecha = await open(way);
      const refusal = expect(loop(mecha, "t", options).next()).rejects;
      await refusal.toMatchObject({ code: "INVALID_ARGUMENT", operation: "pubsub.subscribe", component: "events" });
      if (!("maxInFlight" in options)) await expect(loop(mecha, "t", options).next()).rejects.toThrow("host().onTopic");
    },
  );

  it("takes names of entries, types and attributes of single events of a bulk", async () => {
    const mecha = await open(way);
    const events = loop<unknown>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    const entries = [
      { entryId: "a", data: 1, ttlSeconds: 60, metadata: { colour: "red" } },
      { entryId: "b", data: "text", contentType: "text/plain", cloudEvent: { type: "order.paid" } },
    ];
    expect(await mecha.pubsub("events").publishBulk("t", entries)).toEqual([undefined, undefined]);
    const [first, second] = [await nextEvent(events), await nextEvent(events)];
    expect(first.event).toMatchObject({ data: 1, extensions: { expiration: expect.any(String) } });
    expect(second.event).toMatchObject({ data: "text", type: "order.paid" });
    const twice = mecha.pubsub("events").publishBulk("t", [
      { entryId: "a", data: 1 },
      { entryId: "a", data: 2 },
    ]);
    await expect(twice).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "pubsub.publishBulk" });
    await events.return?.();
  });

  it("publishes many at once and says which failed", async () => {
    const mecha = await open(way);
    const events = loop<number>(mecha, "t");
    (await firstEvent(mecha, events, "t")).ack();
    expect(await mecha.pubsub("events").publishBulk("t", [{ data: 1 }, { data: 2 }])).toEqual([undefined, undefined]);
    expect([(await nextEvent(events)).data, (await nextEvent(events)).data].sort()).toEqual([1, 2]);
    expect(await mecha.pubsub("events").publishBulk("t", [])).toEqual([]);
    await events.return?.();
  });

  it("refuses a component that is not there, and an event that cannot be written", async () => {
    const mecha = await open(way);
    await expect(mecha.pubsub("nowhere").publish("t", 1)).rejects.toThrow("nowhere");
    const events = mecha.pubsub("nowhere").subscribe("t")[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toThrow("nowhere");
    await expect(mecha.pubsub("events").publish("t", undefined)).rejects.toThrow('The event for topic "t" of "events"');
  });
});

it("keeps messages over a restart of the runtime with pubsub.sqlite", async () => {
  const folder = await temporaryFolder();
  const yaml = componentYaml("events", "pubsub.sqlite", { connectionString: "events.db", ...quick });
  const before = await testRuntime([yaml], folder);
  await (await mechaOver(before, "embedded")).pubsub("events").publish("t", "kept");
  await before.close();
  const mecha = await mechaOver(await testRuntime([yaml], folder), "embedded");
  const events = loop<string>(mecha, "t");
  const { data, ack } = await nextEvent(events).then((event) => ({ data: event.data, ack: () => event.ack() }));
  ack();
  expect(data).toBe("kept");
  await events.return?.();
});
