import type { DeliveryOutcome } from "@mecha/spec";
import type { Message } from "./ali-ons.js";

/** What to subscribe with: a tag expression such as `A || B`, or SQL92. */
export type TopicExpression = string | { readonly expressionType: "SQL92"; readonly subString: string };

/** One subscriber of a topic in this process. */
export class TopicMember {
  readonly handle: (message: Message, brokerName: string) => Promise<DeliveryOutcome>;
  readonly #maxInFlight: number;
  readonly #leaving = new AbortController();
  readonly #tasks = new Set<Promise<void>>();

  constructor(handle: (message: Message, brokerName: string) => Promise<DeliveryOutcome>, maxInFlight: number) {
    this.handle = handle;
    this.#maxInFlight = maxInFlight;
  }

  /** Messages under way. */
  get inFlight(): number {
    return this.#tasks.size;
  }

  get hasRoom(): boolean {
    return this.#tasks.size < this.#maxInFlight;
  }

  /** Aborts when the member leaves: what waits to be handled again by it may go to others. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Counts a message as under way until its task ends. */
  track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  /** Resolves when no message is under way any more. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#tasks);
  }
}

/** The subscribers of a topic in this process, who share what the broker gives to it. */
export class TopicMembers {
  readonly expression: TopicExpression;
  readonly #tags: ReadonlySet<string>;
  readonly #members = new Set<TopicMember>();

  constructor(expression: TopicExpression) {
    this.expression = expression;
    const tags = typeof expression === "string" && expression !== "*" ? expression.split("||") : [];
    this.#tags = new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ""));
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: TopicMember): void {
    this.#members.add(member);
  }

  remove(member: TopicMember): void {
    this.#members.delete(member);
  }

  /** Whether both expressions ask for the same; a group cannot have two. */
  hasExpression(expression: TopicExpression): boolean {
    return JSON.stringify(this.expression) === JSON.stringify(expression);
  }

  /** Whether a message is asked for. The broker compares hashes of tags, and two tags may have the same. */
  wants(message: Message): boolean {
    return this.#tags.size === 0 || this.#tags.has(message.properties["TAGS"] ?? "");
  }

  /** The member with the least to do, if one has room. */
  pick(): TopicMember | undefined {
    let idlest: TopicMember | undefined;
    for (const member of this.#members) {
      if (member.hasRoom && (idlest === undefined || member.inFlight < idlest.inFlight)) idlest = member;
    }
    return idlest;
  }
}
