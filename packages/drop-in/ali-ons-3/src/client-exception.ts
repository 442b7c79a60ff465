import { MechaError } from "@mecha/adapter-mq";

/** Turns a failure of the runtime into what the original throws: an Error named MQClientException. */
export function toClientException(thrown: unknown): Error {
  const cause = MechaError.from(thrown);
  return Object.assign(new Error(cause.message, { cause }), { name: "MQClientException", code: cause.code });
}
