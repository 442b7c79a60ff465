import { beforeAll, describe, test } from "vitest";
import { type EngineAddresses, type EngineName, isSharedEngine, type SharedEngineName } from "./engine.js";
import { missing, type MissingEngine } from "./missing.js";
import { engine, engineStartMs } from "./shared-engine.js";

declare module "vitest" {
  interface TaskMeta {
    /** Engines that the tests of a group need, for reporters. */
    engines?: readonly string[];
  }
}

function wording(lacks: readonly MissingEngine[]): string {
  return lacks.map(({ engine: name, what, remedy }) => `${name} needs ${what}: ${remedy}`).join("; ");
}

/** Properties that give the addresses once the engines run, and say so when they are read too early. */
function addressesOf<Name extends SharedEngineName>(
  names: readonly Name[],
  started: ReadonlyMap<SharedEngineName, EngineAddresses[SharedEngineName]>,
): Pick<EngineAddresses, Name> {
  const addresses = {};
  for (const name of names) {
    const get = (): EngineAddresses[SharedEngineName] => {
      const address = started.get(name);
      if (!address)
        throw new Error(`the address of ${name} is known in hooks and tests, not while tests are collected`);
      return address;
    };
    Object.defineProperty(addresses, name, { enumerable: true, get });
  }
  return addresses as Pick<EngineAddresses, Name>;
}

/**
 * Describes tests that need engines. They share the run's engines, which are started before the first of these tests; of
 * daprd, a test starts its own with `startDaprd`.
 * Where this machine lacks an engine, the tests are skipped under a title that says what to do; on CI (`CI` is set) a
 * test fails in their place.
 *
 * @param names - one engine or several
 * @param title - as for `describe`
 * @param body - as for `describe`; gets the addresses, to be read in hooks and tests: `(on) => test(…, () => on.redis.port)`
 */
export function describeWith<Name extends EngineName>(
  names: Name | readonly Name[],
  title: string,
  body: (on: Pick<EngineAddresses, Name & SharedEngineName>) => void,
): void {
  const wanted: readonly Name[] = typeof names === "string" ? [names] : names;
  const shared = wanted.filter((name): name is Name & SharedEngineName => isSharedEngine(name));
  const started = new Map<SharedEngineName, EngineAddresses[SharedEngineName]>();
  const lacks = wanted.flatMap((name) => missing(name) ?? []);
  const on = addressesOf(shared, started);
  if (lacks.length === 0) {
    describe(title, { meta: { engines: wanted } }, () => {
      beforeAll(async () => {
        await Promise.all(shared.map(async (name) => started.set(name, await engine(name))));
      }, engineStartMs);
      body(on);
    });
    return;
  }
  const reason = wording(lacks);
  if (process.env["CI"]) {
    describe(title, () => {
      test("has its engines on CI", () => {
        throw new Error(`nothing may be skipped on CI: ${reason}`);
      });
    });
    return;
  }
  describe.skip(`${title} (${reason})`, { meta: { engines: wanted } }, () => body(on));
}
