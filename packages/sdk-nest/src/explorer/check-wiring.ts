import { type ActorHandlerSpec, handlerTitle, type MethodSpec } from "../handlers/handler-spec.js";
import { takesCloudEvent } from "../handlers/parameters.js";
import { defaultRuntimeName } from "../module/runtime-name.js";
import type { FoundActor, FoundApp } from "./find-handlers.js";
import { type FoundMethod, placeOf } from "./found-handler.js";
import { missingTypeOf } from "./parameter-types.js";

/** What handlers are checked against. */
export interface WiringChecks {
  /** Names of the runtimes of the app. */
  readonly runtimes: ReadonlySet<string>;
  /** Whether pipes have to know the types of payloads. */
  readonly parameterTypes: boolean;
}

type Decorated = FoundMethod & { readonly spec: MethodSpec };

/** What is wrong with handlers as they are written: a line each, with class, method and decorator. */
export function checkWiring({ handlers, actors, misplaced }: FoundApp, checks: WiringChecks): readonly string[] {
  const { runtimes } = checks;
  const unknown = (runtime = defaultRuntimeName): string | undefined =>
    runtimes.has(runtime)
      ? undefined
      : `there is no MechaModule of the name "${runtime}"; there is ${listed(runtimes)}`;
  return [
    ...misplaced.map((each) => problem(each, misplacedBecause(each.spec))),
    ...handlers.flatMap((each) => [
      ...problems(each, unknown(each.spec.options.runtime)),
      ...problems(each, isForNobody(each) ? forNobody : undefined),
      ...problems(each, each.spec.kind === "topic" || !takesCloudEvent(each) ? undefined : noCloudEvent),
    ]),
    ...actors.flatMap((actor) => [
      ...actorProblems(actor, unknown(actor.decoration.options.runtime)),
      ...actor.methods.flatMap((each) => problems(each, takesCloudEvent(each) ? noCloudEvent : undefined)),
    ]),
    ...(checks.parameterTypes
      ? [...handlers, ...actors.flatMap(({ methods }) => methods)].flatMap((each) =>
          problems(each, missingTypeOf(each)),
        )
      : []),
  ];
}

const noCloudEvent = "@CloudEvent() is for topics; take @EventContext(), whose message is what came";

const forNobody =
  "its class has transient scope, so there is an object only for who injects it; leave the scope away, or say Scope.REQUEST for one a call";

/** Of a provider of transient scope, Nest makes no object that nobody has asked for. */
function isForNobody({ wrapper }: FoundMethod): boolean {
  return wrapper.isTransient && wrapper.host?.controllers.has(wrapper.token) !== true;
}

/** A line about a handler. */
export function problem(handler: Decorated, what: string): string {
  return `${placeOf(handler)}, ${handlerTitle(handler.spec)}: ${what}`;
}

function problems(handler: Decorated, what: string | undefined): readonly string[] {
  return what === undefined ? [] : [problem(handler, what)];
}

function misplacedBecause({ kind }: MethodSpec): string {
  return kind === "actor-method" || kind === "timer" || kind === "reminder"
    ? "the class has no @Actor(), which makes it one of actors"
    : "a class with @Actor() is made for one actor each; put the method on another provider";
}

function actorProblems(
  { wrapper, prototype, decoration, methods }: FoundActor,
  runtime: string | undefined,
): readonly string[] {
  const title = `${prototype.constructor.name}, @Actor(${JSON.stringify(decoration.type)})`;
  return [
    ...(runtime === undefined ? [] : [`${title}: ${runtime}`]),
    ...(wrapper.isDependencyTreeStatic()
      ? [`${title}: another decorator gives it a scope of its own; leave @Injectable() away`]
      : []),
    ...methods
      .filter(({ spec }, index) => methods.findIndex((other) => isSame(other.spec, spec)) < index)
      .map((each) => problem(each, "another method of the class has the same name")),
  ];
}

/** Methods and callbacks of timers share their names, reminders have theirs. */
function isSame(one: ActorHandlerSpec, other: ActorHandlerSpec): boolean {
  return one.name === other.name && (one.kind === "reminder") === (other.kind === "reminder");
}

function listed(names: ReadonlySet<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}
