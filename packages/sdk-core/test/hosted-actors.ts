import { onTestFinished } from "vitest";
import type { ActorClass, ActorContext, ActorFactory, ActorOptions } from "../src/actors/actor-definition.js";
import { ActorRuntime } from "../src/actors/actor-runtime.js";
import { openActorStream } from "../src/actors/actor-stream.js";
import type { Mecha } from "../src/mecha.js";

/** What a test waits for, and lets go on. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Hosts actors of the type `Cart` until they are closed, or the test is over. */
export async function host(
  { mecha }: { readonly mecha: Mecha },
  definition: ActorClass | ActorFactory,
  options: Partial<ActorOptions> = {},
): Promise<{ readonly actors: ActorRuntime; readonly close: () => Promise<void>; readonly errors: string[] }> {
  const errors: string[] = [];
  const actors = new ActorRuntime(mecha.transport, ({ message }) => errors.push(message));
  actors.add(definition, { type: "Cart", ...options });
  const stream = openActorStream(mecha.transport, actors, {
    onError: ({ code }) => errors.push(code),
  });
  const close = (): Promise<void> => stream.close();
  await stream.ready;
  onTestFinished(close);
  return { actors, close, errors };
}

/** An actor that counts. */
export class Cart {
  constructor(protected readonly actor: ActorContext) {}

  async add(amount: number): Promise<number> {
    const sum = ((await this.actor.state.get<number>("sum")) ?? 0) + amount;
    this.actor.state.set("sum", sum);
    return sum;
  }
}

/** The actor that the tests call. */
export const address = { actorType: "Cart", actorId: "42" };
