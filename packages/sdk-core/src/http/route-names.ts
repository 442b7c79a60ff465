import { findMethod } from "../app/answer-invocation.js";
import { pathOf, type HostHandlers } from "../app/host-handlers.js";
import { findJob } from "../app/job-handler.js";

/** The paths at which the handlers of a host have their calls. */
export interface RouteNames {
  /** Paths of topics, with their slash. */
  readonly topicPaths: ReadonlySet<string>;
  /** Names of input bindings by route, without the slash. */
  readonly bindingRoutes: ReadonlyMap<string, string>;
  hasJob(name: string): boolean;
  /** Whether some handler, be it the one for all methods, takes the method with the verb. */
  hasMethod(method: string, verb: string): boolean;
  /** Whether the method has a handler of its own. */
  isNamed(method: string): boolean;
}

/** The paths of a host's handlers. */
export function routeNames({ topics, bindings, jobs, methods }: HostHandlers): RouteNames {
  const called = topics.filter(({ callbackReason }) => callbackReason !== undefined);
  return {
    topicPaths: new Set(called.flatMap(({ routes }) => routes.map(({ path }) => `/${pathOf(path)}`))),
    bindingRoutes: new Map([...bindings.values()].map(({ name, options }) => [pathOf(options.route ?? name), name])),
    hasJob: (name) => findJob(jobs, name) !== undefined,
    hasMethod: (method, verb) => findMethod(methods, method, verb) !== undefined,
    isNamed: (method) => methods.has(method),
  };
}
