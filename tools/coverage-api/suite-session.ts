import { collectSuite, type CollectedSuite, type CollectedTest } from "@mecha/conformance";
import type { DaprApiTarget, TestFunctions } from "@mecha/conformance";
import type { ExpectStatic } from "vitest";
import { type Mutation, observe, type ObservedTarget } from "./observed-target.js";
import type { RpcRecord } from "./rpc-log.js";

/** A suite, and what it runs on. */
export interface SuiteOnTarget {
  /** Vitest's, of the test that runs the measurement. */
  readonly expect: ExpectStatic;
  /** Declares the suite on a target that is opened by it. */
  readonly declare: (test: TestFunctions, open: () => Promise<DaprApiTarget>) => void;
  /** Opens a runtime that no test has used. */
  readonly open: () => Promise<DaprApiTarget>;
}

/** One run of one test. */
export interface TestRun {
  /** Why it failed; undefined if it passed. */
  readonly failure: Error | undefined;
  /** What it got back, by the RPC's path. */
  readonly records: ReadonlyMap<string, RpcRecord>;
  readonly tookMs: number;
}

/** A suite on a runtime whose calls are observed, and which can be replaced by a fresh one. */
export class SuiteSession {
  readonly #suite: CollectedSuite;
  #observed: ObservedTarget | undefined;

  constructor({ expect, declare, open }: SuiteOnTarget) {
    this.#suite = collectSuite(expect, (test) =>
      declare(test, async () => {
        this.#observed = observe(await open());
        return this.#observed.target;
      }),
    );
  }

  get tests(): readonly CollectedTest[] {
    return this.#suite.tests;
  }

  /** Runs a test on the runtime as it is by now; the first one opens it. */
  async run(test: CollectedTest, patienceMs: number, mutation?: Mutation): Promise<TestRun> {
    if (this.#observed === undefined) await this.#suite.open();
    const observed = this.#observed;
    if (observed === undefined) throw new Error("the suite did not open its target");
    const start = performance.now();
    observed.begin(mutation);
    const failure = await test.run(patienceMs);
    return { failure, records: observed.end(), tookMs: performance.now() - start };
  }

  /** Ends the runtime; the next run is on a fresh one. */
  async end(): Promise<void> {
    if (this.#observed === undefined) return;
    this.#observed = undefined;
    await this.#suite.close();
  }
}
