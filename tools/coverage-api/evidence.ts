import type { CollectedTest } from "@mecha/conformance";
import type { Refusal, RpcRecord } from "./rpc-log.js";

/** A test that used an RPC and passed. */
export interface Witness {
  readonly test: CollectedTest;
  readonly tookMs: number;
}

/** What the tests of one engine got back from one RPC. */
export interface RpcEvidence {
  /** Tests that passed on a reply. */
  readonly witnesses: Witness[];
  readonly operations: Set<string>;
  told: boolean;
  refusal?: Refusal;
  /** What no test noticed, of `empty` and `error`. */
  readonly unnoticed: string[];
}

/** Evidence by the RPC's path. */
export type Evidence = Map<string, RpcEvidence>;

/** Adds what one passed test got back. */
export function addRecords(evidence: Evidence, witness: Witness, records: ReadonlyMap<string, RpcRecord>): void {
  for (const [path, { replies, told, refusal, operations }] of records) {
    const known = evidence.get(path) ?? { witnesses: [], operations: new Set<string>(), told: false, unnoticed: [] };
    evidence.set(path, known);
    if (replies > 0) known.witnesses.push(witness);
    for (const operation of operations) known.operations.add(operation);
    known.told ||= told;
    if (refusal !== undefined) known.refusal ??= refusal;
  }
}
