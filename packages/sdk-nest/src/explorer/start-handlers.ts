import { type Host, type Mecha, MechaError } from "@mecha/sdk-core";
import { callableMethods, nestActors } from "../actors/nest-actor.js";
import { handlerTitle } from "../handlers/handler-spec.js";
import { defaultRuntimeName } from "../module/runtime-name.js";
import { addHandler } from "./add-handler.js";
import { problem } from "./check-wiring.js";
import type { FoundApp } from "./find-handlers.js";
import { type FoundHandler, placeOf } from "./found-handler.js";
import { type HandlerCalls, prepareHandler } from "./prepare-handler.js";

/** What of an app one runtime calls. */
export function handlersOfRuntime({ handlers, actors, misplaced }: FoundApp, name: string): FoundApp {
  const isOf = ({ runtime = defaultRuntimeName }: { readonly runtime?: string }): boolean => runtime === name;
  return {
    handlers: handlers.filter(({ spec }) => isOf(spec.options)),
    actors: actors.filter(({ decoration }) => isOf(decoration.options)),
    misplaced,
  };
}

/**
 * Gives a host all handlers of an app.
 *
 * @returns what is wrong with them: a line each
 */
export function addHandlers(host: Host, { handlers, actors }: FoundApp, calls: HandlerCalls): readonly string[] {
  const wrong: string[] = [];
  for (const [index, found] of handlers.entries()) {
    try {
      addHandler(host, prepareHandler(found, calls, hasDeadLetterTopic(found, handlers)));
    } catch (thrown) {
      wrong.push(problem(found, `${MechaError.from(thrown).message}${otherOf(found, handlers.slice(0, index))}`));
    }
  }
  for (const found of actors) {
    const { type, options } = found.decoration;
    const { runtime: _, ...actorOptions } = options;
    try {
      const actor = nestActors({ found, ...calls });
      host.actor(actor, { ...actorOptions, type, methods: callableMethods(found) });
    } catch (thrown) {
      wrong.push(
        `${found.prototype.constructor.name}, @Actor(${JSON.stringify(type)}): ${MechaError.from(thrown).message}`,
      );
    }
  }
  return wrong;
}

/** A dead letter topic is one for the topic, whichever of its handlers names it. */
function hasDeadLetterTopic({ spec }: FoundHandler, handlers: readonly FoundHandler[]): boolean {
  return handlers.some(
    ({ spec: other }) =>
      other.kind === "topic" &&
      other.options.deadLetterTopic !== undefined &&
      handlerTitle(other) === handlerTitle(spec),
  );
}

/** The handler that was there first, as far as its decorator tells. */
function otherOf({ spec }: FoundHandler, earlier: readonly FoundHandler[]): string {
  const other = earlier.find((each) => handlerTitle(each.spec) === handlerTitle(spec));
  return other === undefined ? "" : ` (the other one is ${placeOf(other)})`;
}

/** Says all at once what is wrong. */
export function requireWired(wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `Handlers and injections of this app do not fit:\n- ${wrong.join("\n- ")}`,
    {
      operation: "nest.start",
    },
  );
}

/** Asks the runtime what it has loaded, once it is ready; `undefined` if it does not answer. */
export async function loadedComponents(
  mecha: Mecha,
): Promise<Awaited<ReturnType<Mecha["metadata"]>>["components"] | undefined> {
  try {
    if (mecha.mode === "sidecar") await mecha.waitUntilReady();
    return (await mecha.metadata()).components;
  } catch (thrown) {
    const error = MechaError.from(thrown);
    if (error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED") return undefined;
    throw error;
  }
}
