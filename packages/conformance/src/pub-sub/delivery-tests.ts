import assert from "node:assert/strict";
import type { DeclarePubSubTest } from "../pub-sub-suite.js";
import { bodyOf, textMessage } from "./pub-sub-fixture.js";

/** What arrives: bytes, metadata, identity, one result a message. */
export function deliveryTests(on: DeclarePubSubTest): void {
  on(
    "gives back bytes, metadata and content type, with an id and attempt 1",
    async ({ pubsub, topic, subscribe, supports }) => {
      const inbox = await subscribe();
      const data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const metadata = { "rocketmq-tag": "paid", colour: "grün", note: "a=b; c" };
      const contentType = "application/octet-stream";
      assert.deepEqual(await pubsub.publish(topic, [{ data, contentType, metadata }]), [undefined]);
      await inbox.holds(1);
      const [message] = inbox.messages;
      assert.ok(message !== undefined);
      assert.deepEqual(Uint8Array.from(message.data), data);
      assert.notEqual(message.id, "");
      assert.equal(message.attempt, 1);
      if (supports.contentType) assert.equal(message.contentType, contentType);
      for (const [name, value] of Object.entries(metadata)) {
        assert.equal(message.metadata[supports.inboundName?.(name) ?? name], value, name);
      }
    },
  );

  on("takes bodies of every size", async ({ pubsub, topic, subscribe, supports }) => {
    const inbox = await subscribe();
    const sizes = [1, 4_095, 4_096, 100_000, 1_500_000];
    if (supports.emptyBody !== false) sizes.unshift(0);
    const bodies = sizes.map((size) => Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251));
    for (const data of bodies) assert.deepEqual(await pubsub.publish(topic, [{ data, metadata: {} }]), [undefined]);
    await inbox.holds(sizes.length);
    const received = inbox.messages.map(({ data }) => Uint8Array.from(data)).sort((a, b) => a.length - b.length);
    assert.deepEqual(received, bodies);
  });

  on("answers a bulk publish with one result a message, and delivers all", async ({ pubsub, topic, subscribe }) => {
    const inbox = await subscribe();
    const bodies = Array.from({ length: 100 }, (_, index) => `bulk ${index}`);
    const results = await pubsub.publish(
      topic,
      bodies.map((body, index) => textMessage(body, { index: String(index) })),
    );
    assert.deepEqual(
      results,
      bodies.map(() => undefined),
    );
    assert.deepEqual(await pubsub.publish(topic, []), []);
    await inbox.holds(bodies.length);
    assert.deepEqual(inbox.bodies().sort(), [...bodies].sort());
    for (const message of inbox.messages)
      assert.equal(message.metadata["index"], bodyOf(message).slice("bulk ".length));
    assert.equal(new Set(inbox.messages.map(({ id }) => id)).size, bodies.length);
  });

  on(
    "gives each subscriber a copy of its own and keeps none of the publisher's",
    async ({ pubsub, topic, subscribe }) => {
      const spoil = (data: Uint8Array) => data.fill(0);
      const first = await subscribe({ group: "spoiler-a", answer: ({ data }) => (spoil(data), "success") });
      const second = await subscribe({
        group: "spoiler-b",
        answer: ({ data }) => (seen.push(data.slice()), spoil(data), "success"),
      });
      const seen: Uint8Array[] = [];
      const outbound = textMessage("intact");
      await pubsub.publish(topic, [outbound]);
      spoil(outbound.data);
      await Promise.all([first.holds(1), second.holds(1)]);
      assert.equal(new TextDecoder().decode(seen[0]), "intact");
    },
  );

  on("keeps topics apart", async ({ publish, subscribe, topic }) => {
    const inbox = await subscribe();
    const other = await subscribe({ topic: `${topic}-other`, group: `${topic}-other` });
    await publish(["here"]);
    await inbox.holds(1);
    assert.deepEqual(other.bodies(), []);
  });
}
