import assert from "node:assert/strict";
import { type Binding, type BindingEvent, type InputBinding, MechaError, type OutputBinding } from "@mecha/spec";
import { eventually } from "./eventually.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

/** What a binding promises. */
export interface BindingSupports {
  /** Exactly the operations that it knows; absent for one that is for input alone. */
  readonly operations?: readonly string[];
  /** Has the binding see something outside; absent for one that is for output alone, and for one that sees things by itself. */
  readonly trigger?: (binding: Binding) => Promise<void>;
  /** Whether it has events. */
  readonly input?: boolean;
  /** Longest time until an event comes, in milliseconds. @defaultValue 20 seconds */
  readonly eventWithinMs?: number;
}

/**
 * Declares the tests that every binding passes.
 *
 * @param test - vitest's functions
 * @param create - makes a component; called once for each test, which closes it
 * @param supports - what the component promises
 */
export function bindingSuite(
  test: Pick<TestFunctions, "describe" | "it">,
  create: () => Promise<Binding>,
  supports: BindingSupports,
): void {
  const on = (title: string, body: (binding: Binding) => Promise<void>): void => {
    test.it(title, async () => {
      const binding = await create();
      try {
        await body(binding);
      } finally {
        await binding.close?.();
      }
    });
  };

  test.describe(suiteTitles.bindingSuite, () => {
    on("says what it talks to, answers a ping if it has one, and may be closed twice", async (binding) => {
      assert.match(binding.backend, /^\w+(:|$)/);
      await binding.ping?.();
      await binding.close?.();
      await binding.close?.();
    });

    const { operations, input = false } = supports;
    if (operations !== undefined) {
      on("knows exactly its operations, and refuses others", async (binding) => {
        const output = outputOf(binding);
        assert.deepEqual([...output.operations].sort(), [...operations].sort());
        await assert.rejects(
          output.invoke({ operation: "no-such-operation", data: new Uint8Array(), metadata: {} }),
          (error) => MechaError.is(error) && error.code === "INVALID_ARGUMENT",
        );
      });
    }
    if (input) inputTests(on, supports);
  });
}

function inputTests(
  on: (title: string, body: (binding: Binding) => Promise<void>) => void,
  { trigger, eventWithinMs = 20_000 }: BindingSupports,
): void {
  on("hands events over, also after one that the app did not handle", async (binding) => {
    const events: BindingEvent[] = [];
    const reading = await inputOf(binding).read(async (event) => {
      if (events.push(event) === 1) throw new Error("meant to fail");
      return new Uint8Array();
    });
    await trigger?.(binding);
    await eventually("an event came", async () => events.length >= 1, eventWithinMs);
    await trigger?.(binding);
    await eventually("another event came", async () => events.length >= 2, eventWithinMs);
    assert.ok(events[0]?.data instanceof Uint8Array);
    await reading.close();
  });

  on("waits for the app at its end, and hands nothing over after it", async (binding) => {
    let handed = 0;
    let release = (): void => undefined;
    const lasting = new Promise<void>((resolve) => (release = resolve));
    const reading = await inputOf(binding).read(async () => {
      handed++;
      await lasting;
      return new Uint8Array();
    });
    await trigger?.(binding);
    await eventually("an event came", async () => handed >= 1, eventWithinMs);
    let isClosed = false;
    const closing = reading.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    const closedEarly = isClosed;
    const before = handed;
    release();
    await closing;
    assert.equal(closedEarly, false, "close did not wait for the handler");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(handed, before);
    await reading.close();
  });
}

function outputOf(binding: Binding): OutputBinding {
  assert.ok("invoke" in binding, "it has no operations");
  return binding;
}

function inputOf(binding: Binding): InputBinding {
  assert.ok("read" in binding, "it has no events");
  return binding;
}
