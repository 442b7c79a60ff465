import { type ComponentContext, MechaError, type MechaErrorCode } from "@mecha/spec";

/** RocketMQ's answer codes that Mecha tells apart. */
export const responseCode = {
  messageIllegal: 13,
  noPermission: 16,
  topicNotExist: 17,
  subscriptionParseFailed: 23,
  queryNotFound: 22,
} as const;

/** The code of RocketMQ's answer behind an error; `undefined` if the network or anything else failed. */
export function responseCodeOf(error: unknown): number | undefined {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  return name === "MQClientException" && typeof code === "number" ? code : undefined;
}

/** Turns what ali-ons threw into a MechaError that names component and address. */
export function fromRocketmq(
  error: unknown,
  context: ComponentContext,
  backend: string,
  attempted: string,
): MechaError {
  if (MechaError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MechaError(
    codeFor(responseCodeOf(error)),
    `Pub/sub "${context.name}" (${backend}): ${attempted} failed: ${message}`,
    {
      cause: error,
      component: context.name,
    },
  );
}

function codeFor(answer: number | undefined): MechaErrorCode {
  switch (answer) {
    case responseCode.messageIllegal:
    case responseCode.subscriptionParseFailed:
      return "INVALID_ARGUMENT";
    case responseCode.noPermission:
      return "PERMISSION_DENIED";
    case responseCode.topicNotExist:
      return "NOT_FOUND";
    default:
      return "UNAVAILABLE";
  }
}
