import { type ActorContext, MechaError } from "@mecha/sdk-core";
import { type FactoryProvider, Scope } from "@nestjs/common";
import { REQUEST } from "@nestjs/core";

/** The token of an actor's context. */
export const actorContextToken = "mecha:actor-context";

/** What an actor's objects have for a request: one activation, from its first call to its last. */
export class Activation {
  readonly context: ActorContext;

  constructor(context: ActorContext) {
    this.context = context;
  }
}

/** Gives an actor its context. */
export const actorContextProvider: FactoryProvider = {
  provide: actorContextToken,
  scope: Scope.REQUEST,
  inject: [REQUEST],
  useFactory: (request: unknown): ActorContext => {
    if (request instanceof Activation) return request.context;
    throw new MechaError(
      "FAILED_PRECONDITION",
      "@InjectActorContext() is for classes with @Actor(), and what these inject",
      {
        operation: "nest.inject",
      },
    );
  },
};
