import type { IncomingMessage, ServerResponse } from "node:http";
import { MechaError } from "@mecha/spec";
import type { AppChannel } from "../app/app-channel.js";
import type { HostHandlers } from "../app/host-handlers.js";
import type { Metadata } from "../transport/transport.js";
import { findRoute, healthPath, type HttpRoute } from "./app-routes.js";
import { HttpCall } from "./http-call.js";
import type { HttpMiddleware } from "./http-middleware.js";
import { routeNames, type RouteNames } from "./route-names.js";

/** How a host's routes are served. */
export interface AppRouterOptions {
  /** What there are routes for. */
  readonly handlers: HostHandlers;
  /** Throws for headers of calls that may not come in. */
  readonly authorize: (headers: Metadata) => void;
  /** Largest body that is read into memory, in bytes. */
  readonly maximumBodyBytes: number;
}

/** The routes of a host. */
export interface AppRouter {
  /** Answers what is for the host; passes all else on. */
  readonly handle: HttpMiddleware;
  /** Answers what nobody did, on a server of the host's own. */
  readonly otherwise: HttpMiddleware;
  /** Refuses new calls; resolves when those under way are answered, or with `giveUp`. */
  close(giveUp: Promise<void>): Promise<void>;
}

/** Makes the routes of a host. */
export function createAppRouter(channel: AppChannel, options: AppRouterOptions): AppRouter {
  const names = routeNames(options.handlers);
  const underWay = new Set<Promise<void>>();
  let isClosing = false;

  const answer = async (route: HttpRoute, call: HttpCall): Promise<void> => {
    try {
      if (call.path !== healthPath) options.authorize(call.headers);
      if (isClosing) throw new MechaError("UNAVAILABLE", "This app is closing and takes no more calls");
      await route(call);
    } catch (thrown) {
      call.sendError(thrown);
    }
  };
  const begin = (route: HttpRoute, call: HttpCall): void => {
    const answering = answer(route, call).finally(() => underWay.delete(answering));
    underWay.add(answering);
  };
  const callOf = (request: IncomingMessage, response: ServerResponse): HttpCall =>
    new HttpCall(request, response, options.maximumBodyBytes);

  return {
    handle(request, response, next) {
      const call = callOf(request, response);
      const route = findRoute(channel, names, call);
      if (route === undefined) next();
      else begin(route, call);
    },
    otherwise(request, response) {
      begin(unmatched(names), callOf(request, response));
    },
    async close(giveUp) {
      isClosing = true;
      await Promise.race([Promise.all(underWay), giveUp]);
    },
  };
}

/** An event that nobody takes is asked for again: daprd would take "not found" for an order to drop it. */
function unmatched(names: RouteNames): HttpRoute {
  return async (call) => {
    const { path, verb } = call;
    if (path === healthPath && verb === "GET") {
      call.sendJson(200, {});
      return;
    }
    const isEvent = call.contentType.startsWith("application/cloudevents");
    const isOtherVerb = names.isNamed(path);
    throw new MechaError(
      isEvent ? "UNAVAILABLE" : "NOT_FOUND",
      isOtherVerb
        ? `Method "${path}" of this app does not take ${verb}`
        : `This app has nothing for ${verb} /${path}: no handler of its host has this name`,
      { operation: "app.invoke", ...(isOtherVerb && { httpStatus: 405 }) },
    );
  };
}
