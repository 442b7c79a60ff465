import { buildDapr, daprBuild, startPlacement, startScheduler } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha } from "@mecha/sdk-core";
import { daprMethods } from "@mecha/sdk-core/protocol";
import * as test from "vitest";
import { withWorker } from "../src/dapr-api-suite/workflow-worker.js";
import { daprApiSuite, type DaprApiTarget, type DaprRpc, type TestFunctions } from "../src/index.js";
import { earlierMinors, earlierRun, type EarlierMinor } from "./daprd/daprd-minors.js";
import { type DaprdSurroundings, openDaprdTarget } from "./daprd/daprd-target.js";
import { knownAmong, KnownMethods } from "./daprd/known-methods.js";

/** The first time, from sources, with all cores. */
const buildMs = 1_500_000;

for (const earlier of earlierMinors) {
  const { minor, renamed, lacking } = earlier;
  describeWith("redis", `real daprd ${daprBuild(minor).version}`, (on) => {
    let surroundings: DaprdSurroundings | undefined;
    const services: AsyncDisposable[] = [];
    test.beforeAll(async () => {
      await buildDapr(minor, (progress) => void process.stdout.write(`Dapr ${minor}: ${progress}\n`));
      const [placement, scheduler] = await Promise.all([startPlacement({ minor }), startScheduler({ minor })]);
      services.push(placement, scheduler);
      surroundings = { redis: on.redis, placement, scheduler, minor };
    }, buildMs);
    test.afterAll(async () => {
      for (const service of services) await service[Symbol.asyncDispose]();
    });
    const openTarget = async (): Promise<DaprApiTarget> => {
      if (surroundings === undefined) throw new Error("a sidecar needs its services");
      const target = await openDaprdTarget(surroundings);
      return minor === "1.16" ? withStandingWorker(target) : target;
    };

    const methods = new KnownMethods();
    daprApiSuite(expectingFailures(earlier), async () => asFacadesSeeIt(await openTarget(), methods), earlierRun);

    test.it.each(Object.entries(renamed) as [DaprRpc, DaprRpc][])("does not know %s, but %s", (newer, older) => {
      test.expect([newer, older].map((name) => methods.isKnown(daprMethods[name].path))).toEqual([false, true]);
    });

    test.it("knows by no name what it is said to lack", async () => {
      const target = await openTarget();
      try {
        test.expect(await knownAmong(target.transport, lacking)).toEqual([]);
      } finally {
        await target.close();
      }
    });
  });
}

/** vitest's functions, for a suite of which some tests are known to fail. */
function expectingFailures({ minor, failing }: EarlierMinor): TestFunctions {
  return {
    ...test,
    it(title, body) {
      const why = failing[title];
      if (why === undefined) test.it(title, body);
      else test.it.fails(`fails on ${minor} (${why}): ${title}`, body);
    },
  };
}

/** The same target, whose older names are asked also where the suite does without a facade. */
function asFacadesSeeIt(target: DaprApiTarget, methods: KnownMethods): DaprApiTarget {
  const connection = { transport: methods.observe(target.transport), mode: target.mode, close: () => target.close() };
  return { ...target, transport: createMecha(connection, target.appId).transport };
}

/**
 * The same target, with a worker of workflows for as long as it is open. 1.16 has the actors of workflows only while it has a worker; where
 * they have just come, it starts a workflow twice, refuses the second, and leaves the first pending.
 */
function withStandingWorker(target: DaprApiTarget): DaprApiTarget {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // It ends with its daprd, too.
  const standing = withWorker(target.transport, () => ended).catch(() => undefined);
  return {
    ...target,
    async close() {
      end();
      await standing;
      await target.close();
    },
  };
}
