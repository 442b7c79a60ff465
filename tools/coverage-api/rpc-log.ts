import { MechaError } from "@mecha/sdk-core";

/** How an engine refused a call. */
export interface Refusal {
  /** The status code of gRPC. */
  readonly status: number;
  /** The engine's own words. */
  readonly message: string;
}

/** What the calls of one RPC got back while one test ran. */
export interface RpcRecord {
  /** How many replies came: messages, of a stream each. */
  replies: number;
  /** Whether a reply had anything in it: one without fields cannot be told from an empty one. */
  told: boolean;
  refusal?: Refusal;
  /** The operations of facades that made the calls, for example `state.get`. */
  readonly operations: Set<string>;
}

/** Notes what the calls of one test got back, by the path of the RPC. */
export class RpcLog {
  readonly records = new Map<string, RpcRecord>();

  /** Notes a call, and by which facade it was made. */
  called(path: string, operation: string | undefined): RpcRecord {
    const record = this.records.get(path) ?? { replies: 0, told: false, operations: new Set() };
    this.records.set(path, record);
    if (operation !== undefined) record.operations.add(operation);
    return record;
  }

  /** Notes how a call failed, if it is a refusal. */
  failed(record: RpcRecord, error: unknown): void {
    if (!MechaError.is(error)) return;
    const { grpcStatus: status, message } = error;
    if (isRefusal(error)) record.refusal = { status, message };
  }
}

/** daprd hides some refusals behind INTERNAL and tells them by the reason alone, as `DAPR_STATE_QUERYING_NOT_SUPPORTED`. */
function isRefusal({ grpcStatus, reason }: MechaError): boolean {
  return grpcStatus === 12 || reason?.endsWith("_NOT_SUPPORTED") === true;
}
