import type { EventOutcome } from "@mecha/sdk-core";
import { outcomeOf, returnedOutcome } from "../outcome/outcome-of.js";
import type { HandlerCall, HandlerContext } from "./handler-call.js";

/** A call of a handler that has ended. */
export interface SettledCall {
  readonly context: HandlerContext;
  /** What `@Payload()` gave. */
  readonly payload: unknown;
  /** What the handler, its interceptors or its filters returned. */
  readonly result: unknown;
  /** What they threw. */
  readonly error: unknown;
  /** What becomes of the event of a topic. */
  readonly outcome: EventOutcome;
}

/** Hears of every call that has ended. */
export type HandlerObserver = (call: SettledCall) => void;

/** Puts an observer around what calls a handler. */
export type ObserveCall = (
  call: (call: HandlerCall) => unknown,
  hasDeadLetterTopic?: boolean,
) => (call: HandlerCall) => Promise<unknown>;

/** Has an observer hear of calls. */
export function observeCalls(observer: HandlerObserver): ObserveCall {
  return (call, hasDeadLetterTopic = false) =>
    async (context) => {
      const { payload } = context;
      try {
        const result = await call(context);
        observer({ context, payload, result, error: undefined, outcome: returnedOutcome(result) });
        return result;
      } catch (error) {
        observer({ context, payload, result: undefined, error, outcome: outcomeOf(error, hasDeadLetterTopic) });
        throw error;
      }
    };
}
