import { httpStatusOf } from "@mecha/sdk-core/protocol";
import type { MechaError } from "@mecha/spec";

/** Failures that say more than the block's own status does: daprd's HTTP API gives these for them. */
const telling: Readonly<Partial<Record<MechaError["code"], number>>> = {
  ETAG_MISMATCH: 409,
  ETAG_INVALID: 400,
};

/** The HTTP status of an error answer. */
export function errorStatus(error: MechaError): number {
  return telling[error.code] ?? httpStatusOf(error);
}
