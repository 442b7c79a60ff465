import { MechaError, type MechaErrorCode } from "@mecha/sdk-core";

/** An error as nacos 2.6 throws it: known by its name, with the server's words as `body`. */
export interface NacosError extends Error {
  /** What the server said. */
  readonly body?: string;
  /** Mecha's code, which the original's errors lack. */
  readonly code: MechaErrorCode;
}

/** The names under which nacos 2.6 and the HTTP client under it report failures; all others are `NacosServerResponseError`. */
const nameByCode: Partial<Readonly<Record<MechaErrorCode, string>>> = {
  ABORTED: "NacosServerConflictError",
  DEADLINE_EXCEEDED: "ResponseTimeoutError",
};

/**
 * Turns a failure into an error of the original client. Each call makes a new one: the client renames the errors it emits.
 *
 * @param thrown - what a call of the runtime rejected with; it becomes the `cause`
 * @param attempted - for the message, for example `GET /v1/cs/configs`
 */
export function toNacosError(thrown: unknown, attempted: string): NacosError {
  const { code, message } = MechaError.from(thrown);
  const error = new Error(`${attempted} failed: ${message}`, { cause: thrown });
  error.name = nameByCode[code] ?? "NacosServerResponseError";
  return Object.assign(error, { body: message, code });
}
