import { randomUUID } from "node:crypto";
import { componentYaml, eventually } from "@mecha/conformance";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BindingApp, serveBindingApp } from "./binding-app.js";
import { openSameFolder, type SameFolder } from "./same-folder.js";

/** A message as it lay on the broker. */
interface Read {
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One folder on RocketMQ, read by the embedded runtime and by real daprd; each is a consumer group. */
describeWith(["daprd", "rocketmq"], "RocketMQ, embedded and on daprd", (on) => {
  const id = randomUUID().slice(0, 8);
  const topic = `same-bytes-${id}`;
  const ended = new AbortController();
  const reading: Promise<void>[] = [];
  const read = { embedded: [] as Read[], daprd: [] as Read[] };
  let sides: SameFolder;
  let readers: SameFolder;
  let apps: Readonly<Record<"embedded" | "daprd", BindingApp>>;

  beforeAll(async () => {
    const { nameServer } = on.rocketmq;
    await createTopic(on.rocketmq, topic);
    const queue = { accessProto: "tcp", nameServer, topics: `${topic}||paid` };
    sides = await openSameFolder(`same-rocketmq-${id}`, () => [
      componentYaml("daprd-events", "pubsub.rocketmq", { nameServer, consumerGroup: `daprd-${id}` }),
      componentYaml("embedded-events", "pubsub.rocketmq", { nameServer, consumerGroup: `embedded-${id}` }),
      componentYaml("queue", "bindings.rocketmq", { ...queue, direction: "output" }),
    ]);
    apps = { embedded: await serveBindingApp("queue"), daprd: await serveBindingApp("queue") };
    // A folder of its own, because daprd has one of these bindings in a process, for one direction.
    readers = await openSameFolder(
      `same-rocketmq-reader-${id}`,
      () => [
        componentYaml("queue", "bindings.rocketmq", { ...queue, direction: "input", consumerGroup: `${id}-{uuid}` }),
      ],
      { embedded: apps.embedded.port, daprd: apps.daprd.port },
    );
    for (const name of ["embedded", "daprd"] as const) {
      const options = { rawPayload: true, signal: ended.signal };
      const events = sides[name].mecha.pubsub(`${name}-events`).subscribe(topic, options);
      const all = async (): Promise<void> => {
        for await (const received of events) {
          const text = Buffer.from(received.event.bytes).toString();
          // daprd's component has put an event of its own around what it read.
          const body = name === "daprd" ? bodyWithin(text) : text;
          read[name].push({ body, attributes: received.event.extensions });
          received.ack();
        }
      };
      reading.push(all());
    }
  }, 90_000);
  afterAll(async () => {
    ended.abort();
    await Promise.allSettled(reading);
    await sides.close();
    await readers.close();
    await Promise.all([apps.embedded.close(), apps.daprd.close()]);
  });

  /** Sends again and again until both have read a message that fits: new groups begin with what comes once they are there. */
  async function readByBoth(send: () => Promise<unknown>, fits: (body: string) => boolean): Promise<readonly Read[]> {
    const found = (): readonly (Read | undefined)[] =>
      [read.embedded, read.daprd].map((all) => all.find(({ body }) => fits(body)));
    let sentAt = 0;
    await eventually(
      "both have read it",
      async () => {
        if (Date.now() - sentAt > 1_000) {
          await send();
          sentAt = Date.now();
        }
        return !found().includes(undefined);
      },
      60_000,
    );
    return found().filter((one) => one !== undefined);
  }

  const metadata = { "rocketmq-tag": "paid", "rocketmq-key": "a,b", colour: "red" };

  it("both leave the same envelopes, tags, keys and properties, and each reads the other's", {
    timeout: 90_000,
  }, async () => {
    const shapes = [];
    for (const from of ["embedded", "daprd"] as const) {
      const publisher = sides[from].mecha.pubsub(`${from}-events`);
      const [own, foreign] = await readByBoth(
        () => publisher.publish(topic, { from, text: "grüß <dich>" }, { metadata }),
        (body) => body.includes(`"from":"${from}"`),
      );
      expect(foreign && JSON.parse(foreign.body)).toMatchObject({ data: { from, text: "grüß <dich>" } });
      const { data, ...envelope } = JSON.parse(own?.body ?? "{}") as Record<string, unknown>;
      expect(data).toEqual({ from, text: "grüß <dich>" });
      const { TAGS, KEYS, colour } = own?.attributes ?? {};
      // Traces are daprd's own.
      const names = Object.keys(envelope).filter((name) => !name.startsWith("trace"));
      // daprd's client ends the list of keys with a space, ali-ons and ours do not; brokers take it apart at spaces.
      shapes.push({ names: names.sort(), TAGS, keys: String(KEYS).trim(), colour });
    }
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]).toMatchObject({ TAGS: "paid", keys: "a b", colour: "red" });
  });

  it("both leave bare bytes as they are", { timeout: 90_000 }, async () => {
    for (const from of ["embedded", "daprd"] as const) {
      const publisher = sides[from].mecha.pubsub(`${from}-events`);
      const send = () => publisher.publish(topic, `${from}!`, { rawPayload: true });
      const [own, foreign] = await readByBoth(send, (body) => body.includes(`${from}!`));
      expect(own?.body).toBe(foreign?.body);
    }
  });

  it("what the bindings of both create is the same, and comes to the apps of both as the same event", {
    timeout: 90_000,
  }, async () => {
    const left = [];
    for (const from of ["embedded", "daprd"] as const) {
      const binding = sides[from].mecha.binding("queue");
      const body = `${from} grüß <dich>`;
      const heard = (): boolean =>
        [apps.embedded.events, apps.daprd.events, read.embedded].every((all) => all.some((one) => one.body === body));
      let sentAt = 0;
      await eventually(
        "the apps of both have got it, and a subscription",
        async () => {
          if (Date.now() - sentAt > 1_000) {
            const elsewhere = { "rocketmq-topic": topic, "rocketmq-tag": "refunded" };
            await binding.invoke("create", Buffer.from("not for them"), { metadata: elsewhere });
            await binding.invoke("create", Buffer.from(body), { metadata: { "rocketmq-key": "k-1" } });
            sentAt = Date.now();
          }
          return heard();
        },
        60_000,
      );
      const message = read.embedded.find((one) => one.body === body);
      const { TAGS, KEYS } = message?.attributes ?? {};
      left.push({ TAGS, keys: String(KEYS).trim() });
      const [own, foreign] = [apps.embedded, apps.daprd].map(({ events }) =>
        events.find((event) => event.body === body),
      );
      expect(foreign?.metadata).toMatchObject({
        "rocketmq-sub-expression": "paid",
        "rocketmq-broker-name": expect.any(String) as string,
      });
      const { "rocketmq-consumergroup": group, ...metadata } = foreign?.metadata ?? {};
      expect(group).toMatch(new RegExp(`^${id}-`, "u"));
      expect(own?.metadata).toMatchObject(metadata);
      expect(own?.contentType).toBe(foreign?.contentType);
    }
    expect(left[0]).toEqual(left[1]);
    expect(left[0]).toEqual({ TAGS: "paid", keys: "k-1" });
    for (const { events } of [apps.embedded, apps.daprd])
      expect(events.map(({ body }) => body)).not.toContain("not for them");
  });
});

/** What is in the event that daprd's component makes of a message. */
function bodyWithin(envelope: string): string {
  const { data, data_base64: base64 } = JSON.parse(envelope) as { data?: unknown; data_base64?: string };
  if (base64 !== undefined) return Buffer.from(base64, "base64").toString();
  return typeof data === "string" ? data : JSON.stringify(data);
}
