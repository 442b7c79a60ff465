import { randomUUID } from "node:crypto";
import { componentYaml, eventually } from "@mecha/conformance";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, expect, it } from "vitest";
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

  beforeAll(async () => {
    const { nameServer } = on.rocketmq;
    await createTopic(on.rocketmq, topic);
    sides = await openSameFolder(`same-rocketmq-${id}`, () => [
      componentYaml("daprd-events", "pubsub.rocketmq", { nameServer, consumerGroup: `daprd-${id}` }),
      componentYaml("embedded-events", "pubsub.rocketmq", { nameServer, consumerGroup: `embedded-${id}` }),
      // daprd is built without this one here, and goes on.
      `${componentYaml("queue", "bindings.rocketmq", { nameServer, topics: `${topic}||paid` })}  ignoreErrors: true\n`,
    ]);
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

  it("both leave bare bytes as they are, and so does the binding", { timeout: 90_000 }, async () => {
    const sends = {
      embedded: () => sides.embedded.mecha.pubsub("embedded-events").publish(topic, "embedded!", { rawPayload: true }),
      daprd: () => sides.daprd.mecha.pubsub("daprd-events").publish(topic, "daprd!", { rawPayload: true }),
      binding: () => sides.embedded.mecha.binding("queue").invoke("create", Buffer.from("binding!")),
    };
    for (const [from, send] of Object.entries(sends)) {
      const [own, foreign] = await readByBoth(send, (body) => body.includes(`${from}!`));
      expect(own?.body).toBe(foreign?.body);
      if (from === "binding") expect(own?.attributes["TAGS"]).toBe("paid");
    }
  });
});

/** What is in the event that daprd's component makes of a message. */
function bodyWithin(envelope: string): string {
  const { data, data_base64: base64 } = JSON.parse(envelope) as { data?: unknown; data_base64?: string };
  if (base64 !== undefined) return Buffer.from(base64, "base64").toString();
  return typeof data === "string" ? data : JSON.stringify(data);
}
