import { MechaError } from "@mecha/adapter-mq";

/** Turns a failure of the runtime into what the original throws: an Error named MQClientException. */
export function toClientException(thrown: unknown): Error {
  const cause = MechaError.from(thrown);
  return Object.assign(new Error(cause.message, { cause }), { name: "MQClientException", code: cause.code });
}

/** What a consumer's `error` event brings: the original puts its own words before what went wrong outside of a handler. */
export function toConsumerError(error: Error): Error {
  if (!MechaError.is(error)) return error;
  const exception = toClientException(error);
  exception.message = `MQPushConsumer occurred an error ${exception.message}`;
  return exception;
}
