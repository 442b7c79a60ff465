import { MechaError } from "@mecha/sdk-core";
import { type ArgumentsHost, Catch, HttpException, Logger } from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";
import { throwError } from "rxjs";
import { exposedStatusOf } from "./exposed-status.js";

/** Every MechaError, also of another copy of its package. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Catch() takes classes
class AnyMechaError {
  static [Symbol.hasInstance](value: unknown): boolean {
    return MechaError.is(value);
  }
}

/**
 * Exception filter that answers with what a call of the runtime was answered with: global by `APP_FILTER`, or by `@UseFilters()`.
 *
 * - A refusal by another app or an actor has its status, 4xx, and its message.
 * - A conflict of ETags is 409, `RESOURCE_EXHAUSTED` 429, `UNAVAILABLE` 503 and `DEADLINE_EXCEEDED` 504; the last two are
 *   logged and answered without their message.
 * - Any other error is 500, as Nest does with what it does not know, and logged.
 *
 * Callers of `@nestjs/microservices` get `{ status: "error", message }` by the same rules. For handlers of this package errors
 * stay what they are: they decide what becomes of an event. Extend the class and override `statusOf()` for rules of your own.
 */
export class MechaErrorFilter extends BaseExceptionFilter {
  readonly #logger = new Logger("Mecha");

  /** Answers with the status of the error; what is no MechaError goes on to the filter of Nest. */
  override catch(error: unknown, host: ArgumentsHost): unknown {
    const type = host.getType<string>();
    if (!MechaError.is(error) || (type !== "http" && type !== "rpc")) throw error;
    const answer = this.#answerTo(error);
    if (type === "http") {
      super.catch(answer ?? error, host);
      return undefined;
    }
    if (answer === undefined) this.#logger.error(error.message, error.stack);
    const message = answer?.message ?? "Internal server error";
    return throwError(() => ({ status: "error", message }));
  }

  /** The status that a caller is told; `undefined` for an error that is none of its business. */
  protected statusOf(error: MechaError): number | undefined {
    return exposedStatusOf(error);
  }

  #answerTo(error: MechaError): HttpException | undefined {
    const status = this.statusOf(error);
    if (status === undefined) return undefined;
    if (status < 500) return new HttpException(error.message, status, { cause: error });
    // Nest logs no HttpException, and this one somebody has to see.
    this.#logger.error(error.message, error.stack);
    return new HttpException(status === 504 ? "Gateway Timeout" : "Service Unavailable", status, { cause: error });
  }
}

// By hand: no compiler that builds this package needs to know decorators.
Catch(AnyMechaError)(MechaErrorFilter);
