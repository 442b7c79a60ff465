import { codeFromHttpStatus, MechaError, type EventOutcome } from "@mecha/sdk-core";
import { HttpException } from "@nestjs/common";
import { DropEvent } from "./drop-event.js";

/** Statuses of 4xx that say "later", not "never". */
const passing: ReadonlySet<number> = new Set([408, 409, 423, 424, 425, 429]);

/**
 * What becomes of an event whose handler threw:
 * - `DropEvent`: given up.
 * - an `HttpException` that says the event itself is wrong (4xx, as `ValidationPipe` and guards throw): given up where there is
 *   a dead letter topic, which keeps it; else it comes again.
 * - anything else: it comes again.
 */
export function outcomeOf(thrown: unknown, hasDeadLetterTopic: boolean): EventOutcome {
  if (DropEvent.is(thrown)) return "drop";
  return hasDeadLetterTopic && isRefusal(thrown) ? "drop" : "retry";
}

/**
 * What becomes of an event by what its handler returned. Only the words of outcomes are taken at their word, Dapr's own in upper
 * case too; whatever else a method returns is its own business.
 */
export function returnedOutcome(value: unknown): EventOutcome {
  if (typeof value !== "string") return "success";
  const word = value.toLowerCase();
  return word === "retry" || word === "drop" ? word : "success";
}

/** What becomes of the events of a batch. */
export function returnedOutcomes(value: unknown): EventOutcome | EventOutcome[] {
  return Array.isArray(value) ? value.map(returnedOutcome) : returnedOutcome(value);
}

/** What a handler threw, as an error that says why: what a caller gets, and what is logged. */
export function replyErrorOf(thrown: unknown): unknown {
  if (!isHttpException(thrown)) return thrown;
  const status = thrown.getStatus();
  return new MechaError(codeFromHttpStatus(status), messageOf(thrown), { cause: thrown, httpStatus: status });
}

function isRefusal(thrown: unknown): boolean {
  if (!isHttpException(thrown)) return false;
  const status = thrown.getStatus();
  return status >= 400 && status < 500 && !passing.has(status);
}

/** By what it can do: an app may have a second copy of Nest. */
function isHttpException(thrown: unknown): thrown is HttpException {
  return (
    thrown instanceof HttpException || (thrown instanceof Error && "getStatus" in thrown && "getResponse" in thrown)
  );
}

/** A `ValidationPipe` says what is wrong in its response, not in its message. */
function messageOf(thrown: HttpException): string {
  const response = thrown.getResponse();
  if (typeof response === "string") return response;
  const { message } = response as { readonly message?: unknown };
  return Array.isArray(message) ? message.join("; ") : typeof message === "string" ? message : thrown.message;
}
