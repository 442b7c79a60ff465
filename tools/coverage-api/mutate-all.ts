import type { Evidence, RpcEvidence, Witness } from "./evidence.js";
import type { TestFailure } from "./measure.js";
import type { Mutation } from "./observed-target.js";
import type { SuiteSession } from "./suite-session.js";

/** How long a test may wait under a mutation, beyond five times what it took at first: a hang is a failure. */
const mutatedPatienceMs = 2_000;
/** The same without a mutation, on a runtime that others have left their marks on. */
const usedPatienceMs = 5_000;
/** A fresh runtime may first have to find its peers. */
const freshPatienceMs = 30_000;

interface Mutated {
  readonly path: string;
  readonly rpc: RpcEvidence;
  /** The groups of its quickest test. */
  readonly block: string;
}

/** What came of the mutations, besides what the evidence says. */
export interface MutationRun {
  /** How many mutations were tried. */
  readonly tried: number;
  /** Tests that do not even pass on a fresh runtime, with why. */
  readonly unfit: readonly TestFailure[];
}

/**
 * Replaces the replies of each RPC, once by an empty message and once by an error, and notes in the evidence what no test
 * noticed. Each block begins with a fresh runtime. Before each mutation its test is run without one: where that fails, an
 * earlier mutation has left its marks, and another fresh runtime takes over.
 */
export async function mutateAll(
  evidence: Evidence,
  session: SuiteSession,
  progress: (text: string) => void,
): Promise<MutationRun> {
  const mutants = [...evidence].flatMap(([path, rpc]) =>
    rpc.witnesses.length === 0 ? [] : [{ path, rpc, block: blockOf(rpc) }],
  );
  mutants.sort((one, other) => one.block.localeCompare(other.block));
  const trial = new Trial(session);
  const total = String(2 * mutants.length);
  let done = 0;
  let block: string | undefined;
  for (const mutant of mutants) {
    if (mutant.block !== block) await session.end();
    ({ block } = mutant);
    for (const reply of ["empty", "error"] as const) {
      const what = `${mutant.path} answers with ${reply === "empty" ? "an empty message" : "an error"}`;
      progress(`mutation ${String(++done)}/${total}: ${what}`);
      const noticed = await trial.isNoticed(mutant, reply);
      progress(`mutation ${String(done)}/${total}: ${noticed === undefined ? "unnoticed" : `noticed by: ${noticed}`}`);
      if (noticed === undefined) mutant.rpc.unnoticed.push(reply);
    }
  }
  return { tried: done, unfit: trial.unfit };
}

class Trial {
  /** Tests that passed once, but neither again nor on a fresh runtime. */
  readonly unfit: TestFailure[] = [];

  constructor(private readonly session: SuiteSession) {}

  /** The title of a test that fails under the mutation, if there is one; the quickest are tried first. */
  async isNoticed({ path, rpc }: Mutated, reply: Mutation["reply"]): Promise<string | undefined> {
    const mutation: Mutation = { path, reply, swallowed: !rpc.told };
    for (const witness of [...rpc.witnesses].sort(byTime)) {
      if (!(await this.#passes(witness))) continue;
      const patienceMs = 5 * witness.tookMs + mutatedPatienceMs;
      if ((await this.#failure(witness, patienceMs, mutation)) !== undefined) return witness.test.title;
    }
    return undefined;
  }

  async #passes(witness: Witness): Promise<boolean> {
    if ((await this.#failure(witness, 5 * witness.tookMs + usedPatienceMs)) === undefined) return true;
    await this.session.end();
    const failure = await this.#failure(witness, freshPatienceMs);
    if (failure === undefined) return true;
    this.unfit.push({
      title: witness.test.title,
      message: `it passed once, but not alone on a fresh runtime: ${failure.message}`,
    });
    return false;
  }

  async #failure({ test }: Witness, patienceMs: number, mutation?: Mutation): Promise<Error | undefined> {
    return (await this.session.run(test, patienceMs, mutation)).failure;
  }
}

function blockOf({ witnesses }: RpcEvidence): string {
  const [quickest] = [...witnesses].sort(byTime);
  return quickest?.test.title.split(" > ").slice(0, -1).join(" > ") ?? "";
}

function byTime(one: Witness, other: Witness): number {
  return one.tookMs - other.tookMs;
}
