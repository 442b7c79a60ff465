import { type CountedCalls } from "./call-reports.js";
import { type Check } from "./check.js";
import { type DriveResult } from "./drive.js";

/** What a place's own counts are held against. */
export interface CountedRun {
  /** Folder in which the app ran. */
  readonly folder: string;
  readonly calls: readonly CountedCalls[];
  readonly driven: DriveResult;
  /** Whether processes were killed: their last counts are lost then, and calls repeat. */
  readonly killed: boolean;
}

/** What every place is opened with. */
export interface PlaceOptions {
  /** Component folder instead of the place's own. */
  readonly components?: string;
  readonly report: (line: string) => void;
}

/** Where the example runs: which component folder, on which servers. */
export interface Place extends AsyncDisposable {
  /** The folder with the component files. */
  readonly components: string;
  /** Environment of the app's processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Environment of one service alone. */
  readonly serviceEnv?: Readonly<Record<"orders" | "inventory", Readonly<Record<string, string>>>>;
  /** Runs when `inventory` was killed, before it is started again. */
  onInventoryDown?(): Promise<void>;
  /** Runs when the app is about to start: from here the backends count. */
  beforeRun(): Promise<void>;
  /** Holds the adapters' counts against what the backends counted by themselves. */
  countChecks(run: CountedRun): Promise<readonly Check[]>;
}

/** How often an operation was counted, over all components of an adapter. */
export function countOf(
  calls: readonly CountedCalls[],
  adapter: string,
  operation: (name: string) => boolean = () => true,
): number {
  return calls
    .filter((call) => call.adapter === adapter)
    .flatMap(({ operations }) => Object.entries(operations))
    .filter(([name]) => operation(name))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** A topic or group as the app names it at the broker; an environment of its own goes before it. */
export function inEnvironment(environment: string, name: string): string {
  return environment === "" ? name : `${environment}%${name}`;
}
