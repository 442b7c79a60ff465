import { randomUUID } from "node:crypto";
import { MechaError } from "@mecha/spec";
import type { TestFunctions } from "../test-functions.js";
import type { DaprApiComponents, DaprApiEndpoint, DaprApiSupports } from "./endpoint.js";

/** What the tests of a block are made with. */
export interface DaprApiFixture {
  readonly test: TestFunctions;
  readonly supports: DaprApiSupports;
  /** The endpoint; only while tests run. */
  readonly endpoint: () => DaprApiEndpoint;
  /** Declares the tests of a block; each stops at once if the endpoint has no component for it. */
  readonly block: (kind: keyof DaprApiComponents, body: (declare: DeclareTest) => void) => void;
}

/** Declares one test, which gets the name of the component that it is about. */
type DeclareTest = (title: string, body: (name: string, endpoint: DaprApiEndpoint) => Promise<void>) => void;

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
