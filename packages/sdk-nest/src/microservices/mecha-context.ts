import type { EventOutcome, Invocation, TopicEvent } from "@mecha/sdk-core";
import { BaseRpcContext } from "@nestjs/microservices";

/** What came, and the pattern that it was for. */
type MechaContextArguments = [message: TopicEvent | Invocation, pattern: string];

/** What `@Ctx()` gives in a handler of {@link MechaServer}. */
export class MechaContext extends BaseRpcContext<MechaContextArguments> {
  #outcome: EventOutcome = "success";

  /** The pattern of the handler. */
  getPattern(): string {
    return this.args[1];
  }

  /** The event as it came, with the attributes of its CloudEvent; `undefined` in a handler of messages. */
  getEvent(): TopicEvent | undefined {
    const [message] = this.args;
    return "topic" in message ? message : undefined;
  }

  /** The invocation as it came, with its headers; `undefined` in a handler of events. */
  getInvocation(): Invocation | undefined {
    const [message] = this.args;
    return "topic" in message ? undefined : message;
  }

  /** Gives the event up, whatever becomes of the handler: it goes to the dead letter topic if there is one. */
  drop(): void {
    this.#outcome = "drop";
  }

  /** Has the event delivered again, even if the handler succeeds. */
  retry(): void {
    this.#outcome = "retry";
  }

  /** @internal */
  get outcome(): EventOutcome {
    return this.#outcome;
  }
}
