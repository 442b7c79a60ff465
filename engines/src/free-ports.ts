import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { randomInt } from "node:crypto";

// Below the range that systems hand out for port 0 and outgoing connections, above most well-known services.
const lowestPort = 11_500;
const highestPort = 31_000;

/** Whether nobody listens on a loopback port just now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

async function takenOf(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    if (!(await isPortFree(port))) return port;
  }
  return undefined;
}

/**
 * Finds the base of a family of ports that are all free.
 *
 * @param offsets - what the server adds to its base port, 0 included
 * @param wanted - the base to insist on; refused where one of the family is taken
 */
export async function freePortFamily(offsets: readonly number[], wanted?: number): Promise<number> {
  const family = (base: number): number[] => offsets.map((offset) => base + offset);
  if (wanted !== undefined) {
    const taken = await takenOf(family(wanted));
    if (taken === undefined) return wanted;
    throw new Error(`port ${taken} is taken; it is left alone: stop what listens there or choose another port`);
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const base = randomInt(lowestPort, highestPort);
    if ((await takenOf(family(base))) === undefined) return base;
    await delay(1);
  }
  throw new Error("no free family of loopback ports was found in 100 attempts");
}
