import assert from "node:assert/strict";
import type { DeclarePubSubTest } from "../pub-sub-suite.js";
import { signal } from "./pub-sub-fixture.js";

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

/** Who gets what: groups, broadcast, subscribers that leave, how many at once. */
export function groupTests(on: DeclarePubSubTest): void {
  on("shares the messages among the subscribers of one group", async ({ topic, publish, subscribe, until }) => {
    const group = `${topic}-shared`;
    const first = await subscribe({ group });
    const second = await subscribe({ group });
    const bodies = numbered("shared", 40);
    await publish(bodies);
    await until("all came", () => first.messages.length + second.messages.length >= bodies.length);
    assert.deepEqual([...first.bodies(), ...second.bodies()].sort(), bodies.sort());
    assert.ok(first.messages.length > 0 && second.messages.length > 0, "one subscriber got all");
  });

  on("gives each group every message", async ({ topic, publish, subscribe }) => {
    const inboxes = [];
    for (const name of ["a", "b", "c"]) inboxes.push(await subscribe({ group: `${topic}-${name}` }));
    const bodies = numbered("each", 10);
    await publish(bodies);
    for (const inbox of inboxes) {
      await inbox.holds(bodies.length);
      assert.deepEqual(inbox.bodies().sort(), [...bodies].sort());
    }
  });

  on("gives every broadcast subscriber every message", async ({ topic, publish, subscribe }) => {
    const metadata = { broadcast: "true" };
    const group = `${topic}-broadcast`;
    const first = await subscribe({ group, metadata });
    const second = await subscribe({ group, metadata });
    const bodies = numbered("broadcast", 10);
    await publish(bodies);
    for (const inbox of [first, second]) {
      await inbox.holds(bodies.length);
      assert.deepEqual(inbox.bodies().sort(), [...bodies].sort());
    }
  });

  on("lets one subscriber stop while another goes on", async ({ topic, publish, subscribe }) => {
    const group = `${topic}-left`;
    const leaving = await subscribe({ group });
    const staying = await subscribe({ group });
    await leaving.subscription.close();
    await leaving.subscription.close();
    const bodies = numbered("after", 10);
    await publish(bodies);
    await staying.holds(bodies.length);
    assert.deepEqual(leaving.bodies(), []);
    assert.deepEqual(staying.bodies().sort(), [...bodies].sort());
  });

  on("handles as many messages at once as maxInFlight allows, and no more", async ({ publish, subscribe }) => {
    let now = 0;
    let most = 0;
    const full = signal();
    const inbox = await subscribe({
      metadata: { maxInFlight: "3" },
      async answer() {
        most = Math.max(most, ++now);
        if (now === 3) full.fire();
        await full.promise;
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        return "success" as const;
      },
    });
    await publish(numbered("parallel", 12));
    // Handlers must not hang in a component that never runs three at once.
    await inbox.holds(12).finally(full.fire);
    assert.equal(most, 3);
  });

  on("hands what a closed subscription did not finish to the next one", async ({ publish, subscribe }) => {
    const started = signal();
    const release = signal();
    const first = await subscribe({
      metadata: { maxInFlight: "1" },
      async answer() {
        started.fire();
        await release.promise;
        return "success" as const;
      },
    });
    await publish(numbered("handed", 3));
    await started.promise;
    let closed = false;
    const closing = first.subscription.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    const closedEarly = closed;
    release.fire();
    assert.equal(closedEarly, false, "close did not wait for the handler");
    await closing;
    assert.equal(first.messages.length, 1);
    const second = await subscribe();
    await second.holds(2);
    assert.deepEqual([...first.bodies(), ...second.bodies()].sort(), numbered("handed", 3));
  });
}
