import { MechaError } from "@mecha/sdk-core";
import { type ArgumentsHost, Catch, HttpException, HttpStatus } from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";

/** What a customer is told of a call to another app or to an actor that was refused. */
const statuses: Partial<Record<MechaError["code"], HttpStatus>> = {
  INVALID_ARGUMENT: HttpStatus.BAD_REQUEST,
  NOT_FOUND: HttpStatus.NOT_FOUND,
  ABORTED: HttpStatus.CONFLICT,
  ALREADY_EXISTS: HttpStatus.CONFLICT,
  UNAVAILABLE: HttpStatus.SERVICE_UNAVAILABLE,
};

/** Answers a request over HTTP with what the call that it led to was answered with. */
@Catch()
export class CallErrors extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(MechaError.is(error) ? httpErrorOf(error) : error, host);
  }
}

function httpErrorOf(error: MechaError): unknown {
  const status = statuses[error.code] ?? error.httpStatus;
  return status === undefined ? error : new HttpException(error.message, status, { cause: error });
}
