import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
} from "@nestjs/common";
import { MechaError } from "@mecha/sdk-core";
import { expect, test } from "vitest";
import { DropEvent } from "./drop-event.js";
import { outcomeOf, replyErrorOf, returnedOutcome, returnedOutcomes } from "./outcome-of.js";

/** An error of another copy of Nest. */
class OtherHttpException extends Error {
  getStatus(): number {
    return 422;
  }

  getResponse(): string {
    return "not like this";
  }
}

test.each<[string, unknown, string, string]>([
  ["DropEvent", new DropEvent("over"), "drop", "drop"],
  ["a 400", new BadRequestException(), "drop", "retry"],
  ["a 403", new ForbiddenException(), "drop", "retry"],
  ["a 422 of another copy of Nest", new OtherHttpException(), "drop", "retry"],
  ["a 409, which says later", new ConflictException(), "retry", "retry"],
  ["a 429, which says later", new HttpException("slow down", 429), "retry", "retry"],
  ["a 500", new InternalServerErrorException(), "retry", "retry"],
  ["a MechaError of a call", new MechaError("INVALID_ARGUMENT", "no key"), "retry", "retry"],
  ["no error at all", "text", "retry", "retry"],
])("what becomes of an event after %s is known", (_what, thrown, withDeadLetterTopic, without) => {
  expect([outcomeOf(thrown, true), outcomeOf(thrown, false)]).toEqual([withDeadLetterTopic, without]);
});

test("only the words of outcomes count among what a method returns", () => {
  expect(["retry", "DROP", "ok", undefined, { saved: true }].map(returnedOutcome)).toEqual([
    ...["retry", "drop", "success", "success", "success"],
  ]);
  expect(returnedOutcomes(["drop", undefined])).toEqual(["drop", "success"]);
  expect(returnedOutcomes("retry")).toBe("retry");
});

test("a caller gets the status and the reasons of an HttpException", () => {
  const refused = new BadRequestException(["id must be a string", "total must be a number"]);
  expect(replyErrorOf(refused)).toMatchObject({
    ...{ code: "INVALID_ARGUMENT", httpStatus: 400, cause: refused },
    message: "id must be a string; total must be a number",
  });
  expect(replyErrorOf(new OtherHttpException())).toMatchObject({ httpStatus: 422, message: "not like this" });
  const own = new Error("own");
  expect(replyErrorOf(own)).toBe(own);
});
