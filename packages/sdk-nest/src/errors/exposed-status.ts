import type { MechaError } from "@mecha/sdk-core";

/** What the operation of an error begins with that another app or an actor may have answered with. */
const operationsOfOthers = ["invocation.", "actors.", "nest.send"];

/** Statuses of what may happen to any call, and which its caller can do something about. */
const passing: Readonly<Partial<Record<MechaError["code"], number>>> = {
  ETAG_MISMATCH: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** The status that whoever asked over HTTP is told of an error; `undefined` where that is the app's own affair. */
export function exposedStatusOf({ code, operation = "", httpStatus }: MechaError): number | undefined {
  const isOfOther = operationsOfOthers.some((each) => operation.startsWith(each));
  const isRefusal = httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500;
  return isOfOther && isRefusal ? httpStatus : passing[code];
}
