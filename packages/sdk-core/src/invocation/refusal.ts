import { MechaError, type MechaErrorDetails } from "@mecha/spec";
import { codeFromHttpStatus } from "./http-status.js";

/** What was invoked. */
interface Invoked {
  readonly appId: string;
  readonly method: string;
}

/** Longest part of a reply that an error message quotes, in characters. */
const longestQuote = 300;

/** The error for a method that answered with a status of 400 or more, and this text. */
export function answeredWith(
  { appId, method, status, body }: Invoked & { readonly status: number; readonly body: string },
  details: MechaErrorDetails = {},
): MechaError {
  const quote = body.length > longestQuote ? `${body.slice(0, longestQuote)}…` : body;
  const said = quote === "" ? "" : `: ${quote}`;
  return new MechaError(
    codeFromHttpStatus(status),
    `Method "${method}" of app "${appId}" answered with HTTP status ${String(status)}${said}`,
    { ...details, httpStatus: status, component: appId, operation: "invocation.invoke" },
  );
}

/**
 * What an invocation threw, as the same refusal is told in every mode: daprd makes a gRPC error of the answer of an app that
 * speaks HTTP, and tells its status and the beginning of its text in the details.
 */
export function refusalOf(thrown: unknown, invoked: Invoked): unknown {
  if (!MechaError.is(thrown)) return thrown;
  const { metadata, reason } = thrown;
  const status = Number(metadata["http.code"]);
  if (!(status >= 400)) return thrown;
  const details = { cause: thrown, metadata, ...(reason !== undefined && { reason }) };
  return answeredWith({ ...invoked, status, body: metadata["http.error_message"] ?? "" }, details);
}
