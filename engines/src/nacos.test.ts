import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import { isPortFree } from "./free-ports.js";
import { startNacos } from "./nacos.js";
import { engineStartMs } from "./shared-engine.js";
import { listeningAddresses } from "./testing/listening-addresses.js";
import { isAlive } from "./testing/process-and-folder.js";

/** Asks until the config is there: a publish reaches the reading side of the server a moment later. */
async function readConfig(url: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const response = await fetch(url);
    const text = await response.text();
    if (response.ok) return text;
    await delay(50);
  }
  throw new Error(`${url} never answered`);
}

describeWith("nacos", "nacos", (on) => {
  test("the run's nacos gives back a config that was published to it", async () => {
    const url = `http://${on.nacos.address}/nacos/v1/cs/configs?dataId=price-rules&group=engines-test`;
    const published = await fetch(`${url}&content=discount%3D5`, { method: "POST" });
    expect(await published.text()).toBe("true");
    expect(await readConfig(url)).toBe("discount=5");
  });

  test("starts with a login of its own beside another, listens on loopback only, and leaves no process or port", {
    timeout: engineStartMs,
  }, async () => {
    const nacos = await startNacos({ auth: true });
    const config = `http://${nacos.address}/nacos/v1/cs/configs?dataId=a&group=b`;
    expect(nacos.port).not.toBe(on.nacos.port);
    expect((await fetch(config)).status).toBe(403);
    const listening = nacos.pids.flatMap(listeningAddresses);
    expect(listening).toEqual(expect.arrayContaining([nacos.address, `127.0.0.1:${nacos.port + 1000}`]));
    expect(listening.filter((address) => !address.startsWith("127.0.0.1:"))).toEqual([]);
    await nacos.stop();
    expect(nacos.pids.some(isAlive)).toBe(false);
    expect(await isPortFree(nacos.port)).toBe(true);
    expect(await isPortFree(nacos.port + 1000)).toBe(true);
  });
});
