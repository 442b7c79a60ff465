import { type ComponentSuite, suiteTitles } from "@mecha/conformance";
import { catalogue } from "@mecha/components";

/** What became of one suite on one component. */
export interface ComponentRow {
  /** Type of the component, as `state.redis`. */
  readonly component: string;
  /** Name of the suite in `@mecha/conformance`. */
  readonly suite: string;
  /** What it ran against: real servers, a setting of the component, the runtime around it. */
  readonly on: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly result: "pass" | "fail" | "skipped";
}

/** A test of a suite that ended. */
export interface SuiteTest {
  readonly component: string;
  readonly suite: string;
  readonly on: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

const suiteOfKind: Readonly<Record<string, ComponentSuite>> = {
  state: "stateStoreSuite",
  pubsub: "pubSubSuite",
  bindings: "bindingSuite",
  configuration: "configurationSuite",
  secretstores: "secretStoreSuite",
  lock: "lockStoreSuite",
  crypto: "cryptoProviderSuite",
  conversation: "conversationSuite",
};

/** Component types that have to be in the table. */
export const componentTypes: readonly string[] = Object.keys(catalogue).sort();

/** A test as the reporter of the run tells it. */
export interface ReportedTest {
  /** The names of its groups, from the outermost. */
  readonly groups: readonly string[];
  /** The real servers that it asked for. */
  readonly engines: readonly string[];
  readonly outcome: SuiteTest["outcome"];
}

/** The test as one of a suite; undefined if it is none. A component type is expected to begin the name of a group above the suite's. */
export function suiteTestOf({ groups, engines, outcome }: ReportedTest): SuiteTest | undefined {
  const at = groups.findIndex((group) => Object.values<string>(suiteTitles).includes(group));
  const suite = Object.entries(suiteTitles).find(([, title]) => title === groups[at])?.[0];
  if (suite === undefined) return undefined;
  const named = groups.slice(0, at).find((group) => componentTypes.includes(firstWordOf(group)));
  if (named === undefined) return { component: "", suite, on: groups.join(" > "), outcome };
  const setting = named.slice(firstWordOf(named).length + 1);
  const on = [...engines, ...(setting === "" ? [] : [setting])].join(", ");
  return { component: firstWordOf(named), suite, on: on === "" ? "no server" : on, outcome };
}

function firstWordOf(text: string): string {
  return text.split(" ", 1)[0] ?? "";
}

/** Counts tests by component, suite, and what they ran against. */
export function rowsOf(tests: readonly SuiteTest[]): ComponentRow[] {
  const groups = new Map<string, SuiteTest[]>();
  for (const test of tests) {
    const key = [test.component, test.suite, test.on].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), test]);
  }
  return [...groups.values()].flatMap(rowOf);
}

/** Rows in the order of a table. */
export function rowsByType(rows: readonly ComponentRow[]): ComponentRow[] {
  const key = ({ component, suite, on }: ComponentRow): string => [component, suite, on].join("\n");
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function rowOf(tests: readonly SuiteTest[]): ComponentRow[] {
  const [first] = tests;
  if (first === undefined) return [];
  const { component, suite, on } = first;
  const count = (outcome: SuiteTest["outcome"]): number => tests.filter((test) => test.outcome === outcome).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  const result = failed > 0 ? "fail" : skipped > 0 ? "skipped" : "pass";
  return [{ component, suite, on, passed, failed, skipped, result }];
}

/** What the table lacks, one sentence each. */
export function componentShortcomings(rows: readonly ComponentRow[]): string[] {
  const without = componentTypes.flatMap((type) => {
    const suite = suiteOfKind[type.split(".")[0] ?? ""] ?? "";
    const ran = rows.some((row) => row.component === type && row.suite === suite);
    return ran ? [] : [`${type} did not run ${suite === "" ? "a suite: its kind has none" : suite}`];
  });
  const notPassed = rows.filter(({ result }) => result !== "pass").map((row) => `${placeOf(row)}: ${sumsOf(row)}`);
  const unnamed = rows.filter(({ component }) => component === "").map(({ on }) => `no component type above ${on}`);
  return [...without, ...notPassed, ...unnamed];
}

/** How many tests passed, failed and were skipped. */
export function sumsOf({ passed, failed, skipped }: ComponentRow): string {
  return `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
}

function placeOf({ component, suite, on }: ComponentRow): string {
  return `${suite} of ${component} (${on})`;
}
