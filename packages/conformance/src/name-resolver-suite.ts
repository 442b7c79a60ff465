import { randomUUID } from "node:crypto";
import type { AppInstance, NameResolver, ResolveRequest } from "@mecha/spec";
import { eventually } from "./eventually.js";
import type { TestFunctions } from "./test-functions.js";

/** What a name resolver promises beyond the contract's core. */
export interface NameResolverSupports {
  /** Processes make themselves known by `register`. */
  readonly registration: boolean;
  /** Apps of the same id in two namespaces are told apart. */
  readonly namespaces: boolean;
  /** Each process may have a port of its own; else all have that of {@link suitePort}. */
  readonly ports: boolean;
  /** Processes may have IPv6 addresses. */
  readonly ipv6: boolean;
}

/** The port of all processes where they cannot have one each. */
export const suitePort = 50_002;

/**
 * Declares the tests that every name resolver passes. App ids are random, so the backend may be shared.
 *
 * @param test - vitest's functions
 * @param create - makes a resolver of a backend that knows these processes of apps, until it is closed; called by each test, which closes it
 * @param supports - what the resolver promises beyond the core of the contract
 */
export function nameResolverSuite(
  test: TestFunctions,
  create: (known: readonly AppInstance[]) => Promise<NameResolver>,
  supports: NameResolverSupports,
): void {
  const { describe, it, expect } = test;

  const newApp = (namespace = "default"): ResolveRequest => ({ appId: `app-${randomUUID().slice(0, 8)}`, namespace });
  const process = (app: ResolveRequest, last: number): AppInstance => ({
    ...app,
    host: `127.0.0.${String(last)}`,
    port: supports.ports ? suitePort + last : suitePort,
  });
  const using = async (
    known: readonly AppInstance[],
    use: (resolver: NameResolver) => Promise<void>,
  ): Promise<void> => {
    const resolver = await create(known);
    try {
      await use(resolver);
    } finally {
      await resolver.close?.();
    }
  };
  /** A backend may tell of a change a moment later. */
  const finds = (resolver: NameResolver, app: ResolveRequest, instances: readonly AppInstance[]): Promise<void> => {
    const wanted = instances
      .map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${String(port)}`)
      .sort();
    return eventually(
      `${app.appId} is found at ${wanted.join(", ")}`,
      async () => [...(await resolver.resolve(app))].sort().join() === wanted.join(),
      30_000,
    );
  };

  describe("a name resolver", () => {
    it("says what it asks", () => using([], async ({ backend }) => expect(backend).toMatch(/^\w+/u)));

    it("finds each process of an app, and those of no other", () => {
      const [one, other] = [newApp(), newApp()];
      const known = [process(one, 1), process(one, 2), process(other, 3)];
      return using(known, async (resolver) => {
        await finds(resolver, one, known.slice(0, 2));
        await finds(resolver, other, known.slice(2));
      });
    });

    it("finds nothing for an app that nobody knows, whatever its name is", () => {
      const one = newApp();
      const strange = ["nobody", "no body", "..", "a/../b", "a:1", "%00", "ü{x}", `${one.appId}x`, "a".repeat(300)];
      return using([process(one, 1)], async (resolver) => {
        for (const appId of strange) expect([appId, await resolver.resolve({ ...one, appId })]).toEqual([appId, []]);
      });
    });

    it("answers many at once", () => {
      const one = newApp();
      return using([process(one, 1)], async (resolver) => {
        await finds(resolver, one, [process(one, 1)]);
        const answers = await Promise.all(Array.from({ length: 20 }, () => resolver.resolve(one)));
        expect(new Set(answers.flat()).size).toBe(1);
        expect(answers.flat()).toHaveLength(20);
      });
    });

    if (supports.ipv6) {
      it("writes IPv6 addresses in brackets", () => {
        const one = { ...newApp(), host: "::1", port: suitePort };
        return using([one], (resolver) => finds(resolver, one, [one]));
      });
    }

    if (supports.namespaces) {
      it("tells the namespaces of apps apart", () => {
        const one = newApp("first");
        const known = [process(one, 1), process({ ...one, namespace: "second" }, 2)];
        return using(known, async (resolver) => {
          await finds(resolver, one, known.slice(0, 1));
          await finds(resolver, { ...one, namespace: "second" }, known.slice(1));
          expect(await resolver.resolve({ ...one, namespace: "third" })).toEqual([]);
        });
      });
    }

    if (supports.registration) {
      it("makes a process known to others until it leaves, which it may do twice", async () => {
        const [one, two] = [newApp()].flatMap((app) => [process(app, 1), process(app, 2)]) as [
          AppInstance,
          AppInstance,
        ];
        await using([], (registering) =>
          using([], async (asking) => {
            const [leave] = await Promise.all([registering.register?.(one), asking.register?.(two)]);
            await finds(asking, one, [one, two]);
            await leave?.();
            await leave?.();
            await finds(asking, one, [two]);
          }),
        );
      });
    }

    it("closes twice without complaint", () =>
      using([], async (resolver) => {
        await resolver.close?.();
      }));
  });
}
