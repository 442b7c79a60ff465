import type { ServerHttp2Stream } from "node:http2";
import { codeFromGrpcStatus, MechaError } from "@mecha/spec";

/** What the caller of a call that is over was told of its failure; `undefined` for a call that went well. */
export function failureOf({ sentTrailers, sentHeaders }: ServerHttp2Stream): MechaError | undefined {
  const told = sentTrailers?.["grpc-status"] === undefined ? sentHeaders : sentTrailers;
  // Of a call that was never answered there are no headers at all, whatever the types say.
  const { "grpc-status": status, "grpc-message": message } = (told as typeof sentTrailers) ?? {};
  if (status === undefined) return new MechaError("CANCELLED", "context canceled");
  return Number(status) === 0
    ? undefined
    : new MechaError(codeFromGrpcStatus(Number(status)), decoded(String(message ?? "")));
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
