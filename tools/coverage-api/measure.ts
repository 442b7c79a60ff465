import { addRecords, type Evidence } from "./evidence.js";
import { mutateAll } from "./mutate-all.js";
import { SuiteSession, type SuiteOnTarget } from "./suite-session.js";

/** What is measured. */
export interface Measurement extends SuiteOnTarget {
  /** Whether replies are replaced to see if a test notices. */
  readonly mutate: boolean;
  readonly progress: (text: string) => void;
}

/** What the tests got back, and which of them failed. */
export interface Measured {
  readonly evidence: Evidence;
  /** Titles of the tests that passed. */
  readonly passed: readonly string[];
  readonly failures: readonly TestFailure[];
  /** How many replies were replaced, if they were. */
  readonly mutations?: number;
}

/** A test that failed. */
export interface TestFailure {
  readonly title: string;
  /** Why. */
  readonly message: string;
}

const patienceMs = 30_000;

/** Runs a suite test by test and notes what each RPC gave back to tests that passed; all on one runtime, but for mutations. */
export async function measure({ mutate, progress, ...suite }: Measurement): Promise<Measured> {
  const session = new SuiteSession(suite);
  try {
    const measured = await gather(session, progress);
    if (!mutate) return measured;
    const { tried, unfit } = await mutateAll(measured.evidence, session, progress);
    return { ...measured, failures: [...measured.failures, ...unfit], mutations: tried };
  } finally {
    await session.end();
  }
}

async function gather(session: SuiteSession, progress: Measurement["progress"]): Promise<Measured> {
  const evidence: Evidence = new Map();
  const passed: string[] = [];
  const failures: TestFailure[] = [];
  for (const [index, test] of session.tests.entries()) {
    progress(`${String(index + 1)}/${String(session.tests.length)} ${test.title}`);
    const { failure, records, tookMs } = await session.run(test, patienceMs);
    if (failure === undefined) {
      passed.push(test.title);
      addRecords(evidence, { test, tookMs }, records);
    } else failures.push({ title: test.title, message: failure.message });
  }
  return { evidence, passed, failures };
}
