import { collectSuite, type CollectedTest, type DaprApiTarget, type TestFunctions } from "@mecha/conformance";
import type { ExpectStatic } from "vitest";
import { addRecords, type Evidence, type RpcEvidence, type Witness } from "./evidence.js";
import { type Mutation, observe, type ObservedTarget } from "./observed-target.js";

/** What is measured. */
export interface Measurement {
  /** Vitest's, of the test that runs the measurement. */
  readonly expect: ExpectStatic;
  /** Declares the suite on a target that is opened by it. */
  readonly declare: (test: TestFunctions, open: () => Promise<DaprApiTarget>) => void;
  readonly open: () => Promise<DaprApiTarget>;
  /** Whether replies are replaced to see if a test notices. */
  readonly mutate: boolean;
  readonly progress: (text: string) => void;
}

/** What the tests got back, and which of them failed. */
export interface Measured {
  readonly evidence: Evidence;
  readonly failures: readonly string[];
}

const patienceMs = 30_000;
/** How long a test may wait under a mutation, beyond five times what it took: a hang is a failure. */
const mutatedPatienceMs = 2_000;

/** Runs a suite test by test on one runtime and notes what each RPC gave back to tests that passed. */
export async function measure({ expect, declare, open, mutate, progress }: Measurement): Promise<Measured> {
  let observed: ObservedTarget | undefined;
  const suite = collectSuite(expect, (test) =>
    declare(test, async () => {
      observed = observe(await open());
      return observed.target;
    }),
  );
  await suite.open();
  if (observed === undefined) throw new Error("the suite did not open its target");
  try {
    const measured = await gather(suite.tests, observed, progress);
    if (mutate) await mutateAll(measured.evidence, observed, progress);
    return measured;
  } finally {
    await suite.close();
  }
}

async function gather(
  tests: readonly CollectedTest[],
  observed: ObservedTarget,
  progress: Measurement["progress"],
): Promise<Measured> {
  const evidence: Evidence = new Map();
  const failures: string[] = [];
  for (const [index, test] of tests.entries()) {
    progress(`${String(index + 1)}/${String(tests.length)} ${test.title}`);
    const start = performance.now();
    observed.begin();
    const failure = await test.run(patienceMs);
    const records = observed.end();
    if (failure === undefined) addRecords(evidence, { test, tookMs: performance.now() - start }, records);
    else failures.push(`${test.title}: ${failure.message}`);
  }
  return { evidence, failures };
}

async function mutateAll(
  evidence: Evidence,
  observed: ObservedTarget,
  progress: Measurement["progress"],
): Promise<void> {
  for (const [path, rpc] of evidence) {
    if (rpc.witnesses.length === 0) continue;
    for (const reply of ["empty", "error"] as const) {
      progress(`${path} answers with ${reply === "empty" ? "an empty message" : "an error"}`);
      const mutation: Mutation = { path, reply, swallowed: !rpc.told };
      if (!(await isNoticed(rpc, mutation, observed))) rpc.unnoticed.push(reply);
    }
  }
}

/** Whether a test fails under the mutation; the quickest are tried first. */
async function isNoticed({ witnesses }: RpcEvidence, mutation: Mutation, observed: ObservedTarget): Promise<boolean> {
  for (const { test, tookMs } of [...witnesses].sort(byTime)) {
    observed.begin(mutation);
    const failure = await test.run(tookMs * 5 + mutatedPatienceMs);
    observed.end();
    if (failure !== undefined) return true;
  }
  return false;
}

function byTime(one: Witness, other: Witness): number {
  return one.tookMs - other.tookMs;
}
