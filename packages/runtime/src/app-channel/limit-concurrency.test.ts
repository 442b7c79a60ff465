import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { httpApp, context, invokeRequest } from "../../test/app-channel-fixture.js";

test("an app with a limit has no more calls at a time", async () => {
  const open: ServerResponse[] = [];
  let waitFor = (): void => undefined;
  const { channel } = await httpApp(
    ({ url }, response) => {
      if (url.startsWith("/dapr/") || url === "/healthz")
        return void response.writeHead(url === "/healthz" ? 200 : 404).end();
      open.push(response);
      waitFor();
    },
    { maxConcurrency: 2 },
  );
  const arrived = (count: number): Promise<void> =>
    new Promise((resolve) => {
      waitFor = () => {
        if (open.length === count) resolve();
      };
      waitFor();
    });
  const calls = [1, 2, 3].map(async () => channel.invoke?.(invokeRequest("slow", ""), context()));
  await arrived(2);
  // Health is not limited: its answer comes after a third call would have.
  await channel.health?.();
  expect(open).toHaveLength(2);
  open[0]?.end();
  await arrived(3);
  open[1]?.end();
  open[2]?.end();
  await Promise.all(calls);
});
