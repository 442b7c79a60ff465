import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "@mecha/runtime";
import { expect, it } from "vitest";
import type { Reply } from "../resp/reply.js";
import { Channels } from "./channels.js";
import { createRuntimeBus } from "./runtime-bus.js";

it("carries what is published to the subscribers of all processes, once to each", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mecha-bus-"));
  const component = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "events" },
    spec: { type: "pubsub.in-memory", version: "v1", metadata: [] },
  };
  await writeFile(join(folder, "events.yaml"), JSON.stringify(component));
  const runtime = await createRuntime({ appId: "bus-test", resourcesPaths: [folder], baseFolder: folder });
  // As two processes have them: each with a bus of its own.
  const [here, there] = [0, 1].map(
    () => new Channels(createRuntimeBus(runtime.transport, { pubsub: "events", topic: "cache" })),
  );
  const received: (readonly Reply[])[] = [];
  const subscriber = { push: ({ items }: { readonly items: readonly Reply[] }) => void received.push(items) };
  await there!.subscribe("channel", "a\xff", subscriber);
  await here!.subscribe("pattern", "a*", subscriber);
  expect(await here!.publish("channel", "a\xff", Buffer.from([0, 255]))).toBe(1);
  await expect.poll(() => received.length, { timeout: 30_000 }).toBe(2);
  const channel = Buffer.from("a\xff", "latin1");
  expect(received).toEqual([
    ["pmessage", Buffer.from("a*"), channel, Buffer.from([0, 255])],
    ["message", channel, Buffer.from([0, 255])],
  ]);
  there!.unsubscribe("channel", "a\xff", subscriber);
  here!.unsubscribe("pattern", "a*", subscriber);
  await runtime.close();
  await rm(folder, { recursive: true });
}, 60_000);
