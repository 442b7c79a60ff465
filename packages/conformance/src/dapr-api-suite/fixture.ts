import { randomUUID } from "node:crypto";
import { MechaError } from "@mecha/spec";
import type { TestFunctions } from "../test-functions.js";
import type { DaprApiComponents, DaprApiEndpoint, DaprApiRun, DaprApiService, DaprApiSupports } from "./endpoint.js";

/** What the tests of a block are made with. */
export interface DaprApiFixture {
  readonly test: TestFunctions;
  readonly supports: DaprApiSupports;
  /** The endpoint; only while tests run. */
  readonly endpoint: () => DaprApiEndpoint;
  /** Declares the tests of a block if the run has a component for it. */
  readonly block: (kind: keyof DaprApiComponents, body: (declare: DeclareTest) => void) => void;
  /** Declares the tests of a block that needs no component if the run has it. */
  readonly service: (kind: DaprApiService, body: (declare: DeclareServiceTest) => void) => void;
}

/** Declares one test, which gets the name of the component that it is about. */
export type DeclareTest = (title: string, body: (name: string, endpoint: DaprApiEndpoint) => Promise<void>) => void;

/** Declares one test of a block that needs no component. */
type DeclareServiceTest = (title: string, body: (endpoint: DaprApiEndpoint) => Promise<void>) => void;

/** Makes what the tests of a run are declared with. */
export function createFixture(
  test: TestFunctions,
  endpoint: () => DaprApiEndpoint,
  { components, services = [], supports }: DaprApiRun,
): DaprApiFixture {
  const group = (kind: string, body: (declare: DeclareServiceTest) => void): void => {
    test.describe(kind, () => body((title, check) => test.it(title, () => check(endpoint()))));
  };
  return {
    test,
    supports,
    endpoint,
    block(kind, body) {
      const name = components[kind];
      if (name === undefined) return;
      group(kind, (it) => body((title, check) => it(title, (target) => check(name, target))));
    },
    service(kind, body) {
      if (services.includes(kind)) group(kind, body);
    },
  };
}

/** A stream of requests that has just one. */
export async function* only<T>(request: T): AsyncGenerator<T, void, undefined> {
  yield await Promise.resolve(request);
}

/** A name that nothing else uses: backends may be shared. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}

/** The error that a call ends with; fails if it succeeds, or ends with anything but a MechaError. */
export async function failureOf(call: Promise<unknown>): Promise<MechaError> {
  const outcome = await call.then(
    () => new Error("the call succeeded, but should have failed"),
    (error: unknown) => error,
  );
  if (MechaError.is(outcome)) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}
