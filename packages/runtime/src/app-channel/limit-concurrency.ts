import type { AppChannel } from "@mecha/sdk-core/protocol";

/** A channel whose app has at most so many calls at a time; further ones wait for their turn, in order. */
export function limitConcurrency(channel: AppChannel, most: number): AppChannel {
  const turns = new Turns(most);
  const limited = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      await turns.take();
      try {
        return await call(...args);
      } finally {
        turns.give();
      }
    };
  };
  const { invoke, invokeStreamed, topic, bulkTopic, binding, job, configuration, actor } = channel;
  return {
    ...channel,
    ...(invoke && { invoke: limited(invoke) }),
    ...(invokeStreamed && { invokeStreamed: limited(invokeStreamed) }),
    ...(topic && { topic: limited(topic) }),
    ...(bulkTopic && { bulkTopic: limited(bulkTopic) }),
    ...(binding && { binding: limited(binding) }),
    ...(job && { job: limited(job) }),
    ...(configuration && { configuration: limited(configuration) }),
    ...(actor && {
      actor: {
        ...actor,
        invoke: limited(actor.invoke),
        timer: limited(actor.timer),
        reminder: limited(actor.reminder),
      },
    }),
  };
}

class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(free: number) {
    this.#free = free;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
