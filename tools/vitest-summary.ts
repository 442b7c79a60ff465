import type { TestModule, Vitest } from "vitest/node";
import type { Reporter } from "vitest/reporters";
import { closingLine, type Counts, sumCounts } from "./closing-line.js";

/** A module that does not load has no test of its own, yet something failed: it counts as one. */
function countModule(module: TestModule): Counts {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const passed = states.filter((state) => state === "passed").length;
  const skipped = states.filter((state) => state === "skipped").length;
  const failed = states.length - passed - skipped;
  return { passed, skipped, failed: failed === 0 && module.state() === "failed" ? 1 : failed };
}

function minutesPerProject(modules: readonly TestModule[]): Map<string, number> {
  const minutes = new Map<string, number>();
  for (const module of modules) {
    const { collectDuration, setupDuration, duration } = module.diagnostic();
    const spent = (collectDuration + setupDuration + duration) / 60_000;
    minutes.set(module.project.name, (minutes.get(module.project.name) ?? 0) + spent);
  }
  return minutes;
}

/** Why each skipped test did not run, so that a reader of the closing line need not search. */
function skippedTests(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests("skipped")].map((test) => {
      const { state, ...result } = test.result();
      const note = state === "skipped" && "note" in result && result.note ? `: ${result.note}` : "";
      return `skipped  ${module.project.name} > ${test.fullName}${note}`;
    }),
  );
}

/**
 * Prints what a CI reads: minutes per suite (one a package), what was skipped and why, and as the very last line
 * `N passed, N failed, N skipped`. Errors outside of any test count as failed; so does a run that never got to its tests.
 */
export default class SummaryReporter implements Reporter {
  #total: Counts = { passed: 0, failed: 0, skipped: 0 };
  #details: readonly string[] = [];
  #printed = false;

  onInit(vitest: Vitest): void {
    // Vitest prints its own totals after the last reporter hook; the line must come after them.
    vitest.onClose(() => this.#print());
    process.once("exit", () => this.#print());
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#total = sumCounts([{ passed: 0, failed: unhandledErrors.length, skipped: 0 }, ...modules.map(countModule)]);
    const suites = [...minutesPerProject(modules)].sort(([, a], [, b]) => b - a);
    const lines = suites.map(([name, minutes]) => `${minutes.toFixed(2).padStart(8)} min  ${name}`);
    this.#details = ["", "Minutes per suite", ...lines, "", ...skippedTests(modules)];
  }

  #print(): void {
    if (this.#printed) return;
    this.#printed = true;
    const { passed, skipped } = this.#total;
    const failed = this.#total.failed === 0 && process.exitCode ? 1 : this.#total.failed;
    process.stdout.write([...this.#details, closingLine({ passed, failed, skipped }), ""].join("\n"));
  }
}
