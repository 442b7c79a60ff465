import type { TestModule, Vitest } from "vitest/node";
import type { Reporter } from "vitest/reporters";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A module that does not load has no test of its own, yet something failed: it counts as one. */
function countModule(module: TestModule, counts: Counts): void {
  const before = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") counts.passed += 1;
    else if (state === "skipped") counts.skipped += 1;
    else counts.failed += 1;
  }
  if (module.state() === "failed" && counts.failed === before) counts.failed += 1;
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

/**
 * Prints what a CI reads: minutes per suite (one a package), what was skipped, and as the very last line
 * `N passed, N failed, N skipped`. Errors outside of any test (a broken global setup, an unhandled rejection) count as failed.
 */
export default class SummaryReporter implements Reporter {
  #summary = "";

  onInit(vitest: Vitest): void {
    // Vitest prints its own totals after the last reporter hook; the line must come after them.
    vitest.onClose(() => {
      this.#print();
    });
    process.once("exit", () => {
      this.#print();
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) countModule(module, counts);
    const suites = [...minutesPerProject(modules)].sort(([, a], [, b]) => b - a);
    const lines = suites.map(([name, minutes]) => `${minutes.toFixed(2).padStart(8)} min  ${name}`);
    const total = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    this.#summary = ["", "Minutes per suite", ...lines, "", total, ""].join("\n");
  }

  #print(): void {
    process.stdout.write(this.#summary);
    this.#summary = "";
  }
}
