import type { DaprApiComponents } from "@mecha/conformance";
import { type ComponentRow, rowsOf, type SuiteTest } from "./component-rows.js";
import type { EngineName } from "./report.js";

/** What became of the suite of the API on one engine. */
interface ApiSuiteOutcome {
  /** Types of the components that the engine has loaded, by their names. */
  readonly types: ReadonlyMap<string, string>;
  readonly components: DaprApiComponents;
  /** Titles of tests, each beginning with the names of its groups. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** What the suite of the API did on each component: the tests of the block that the component serves. */
export function apiSuiteRows(
  engine: EngineName,
  { types, components, passed, failed }: ApiSuiteOutcome,
): ComponentRow[] {
  const tests = Object.entries(components).flatMap(([block, name]: [string, string]): SuiteTest[] => {
    const component = types.get(name) ?? "";
    const of = (titles: readonly string[], outcome: SuiteTest["outcome"]): SuiteTest[] =>
      titles
        .filter((title) => title.split(" > ").includes(block))
        .map(() => ({ component, suite: "daprApiSuite", on: engine, outcome }));
    return [...of(passed, "passed"), ...of(failed, "failed")];
  });
  return rowsOf(tests);
}
