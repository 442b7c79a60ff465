import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallContext, StreamMethod, UnaryMethod } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import createRouter from "find-my-way";
import type { HttpApiAccess } from "../../access/http-api-access.js";
import type { Runtime } from "../../runtime.js";
import { DoorCall } from "./door-call.js";
import { errorBody } from "./error-body.js";
import { errorStatus } from "./error-status.js";
import { malformedBody } from "./json-fields.js";
import type { RequestGuard } from "./request-guard.js";
import type { HttpRoute, RouteContext } from "./route.js";
import { actorRoutes } from "./routes/actor-routes.js";
import { answerInvocation } from "./routes/answer-invocation.js";
import { bindingRoutes } from "./routes/binding-routes.js";
import { configurationRoutes } from "./routes/configuration-routes.js";
import { conversationRoutes } from "./routes/conversation-routes.js";
import { cryptoRoutes } from "./routes/crypto-routes.js";
import { healthPaths, healthRoutes } from "./routes/health-routes.js";
import { invocationTarget } from "./routes/invocation-target.js";
import { jobRoutes } from "./routes/job-routes.js";
import { lockRoutes } from "./routes/lock-routes.js";
import { metadataRoutes } from "./routes/metadata-routes.js";
import { pubsubRoutes } from "./routes/pubsub-routes.js";
import { secretRoutes } from "./routes/secret-routes.js";
import { stateRoutes } from "./routes/state-routes.js";
import { workflowRoutes } from "./routes/workflow-routes.js";
import type { AnswerWebPage } from "./web-pages.js";

/** All of the API but invocation, which takes whatever no route does: as in daprd, a header that names an app does not come first. */
const routes: readonly HttpRoute[] = [
  ...stateRoutes,
  ...pubsubRoutes,
  ...bindingRoutes,
  ...secretRoutes,
  ...configurationRoutes,
  ...lockRoutes,
  ...cryptoRoutes,
  ...actorRoutes,
  ...jobRoutes,
  ...conversationRoutes,
  ...workflowRoutes,
  ...metadataRoutes,
  ...healthRoutes,
];

/** What requests are answered with. */
export interface DoorRouterOptions {
  readonly runtime: Runtime;
  readonly guard: RequestGuard;
  /** Answers what browsers ask ahead of the calls of web pages. @defaultValue no page may call */
  readonly answerWebPage?: AnswerWebPage;
  readonly maxBodyBytes: number;
  readonly isReady: () => boolean;
  /** Which parts of the API are served. @defaultValue all */
  readonly isServed?: HttpApiAccess;
  /** Hears of each request that was answered. @defaultValue nobody does */
  readonly onAnswered?: (verb: string, path: string, status: number) => void;
}

/** Makes what answers each request at the HTTP door. It never rejects. */
export function createDoorRouter(
  options: DoorRouterOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { runtime, guard, answerWebPage, maxBodyBytes, isReady, onAnswered, isServed = () => true } = options;
  // Keys and names may be long; nothing here is matched by a regular expression.
  const router = createRouter({
    ignoreTrailingSlash: true,
    ignoreDuplicateSlashes: true,
    maxParamLength: 64 * 1024,
  });
  for (const route of routes) {
    for (const version of (route.versions ?? ["v1.0"]).filter((each) => isServed(each, route.path)))
      router.on([...route.verbs], `/${version}/${route.path}`, () => undefined, route);
  }

  const servesInvocation = isServed("v1.0", "invoke/*");

  const answer = async (call: DoorCall): Promise<void> => {
    const found = findRoute(call);
    const context = contextOf(call, found?.params ?? {});
    if (found !== undefined) return found.route.answer(context);
    if (!servesInvocation) {
      sendNotFound(call);
      return;
    }
    const target = invocationTarget(call.rawPath, call.headers);
    if (target !== undefined) return answerInvocation(target, context);
    // The router passes over what it cannot decode.
    throw isDecodable(call.rawPath) ? noSuchPath() : badPath(call.rawPath);
  };

  const findRoute = (call: DoorCall) => {
    // As in daprd, a plus in a path is a space.
    const found = router.find(verbOf(call.verb), call.rawPath.replaceAll("+", "%20"));
    if (found === null) return undefined;
    // The store of each entry is its route: it was put there above.
    return { route: found.store as HttpRoute, params: found.params };
  };

  const contextOf = (call: DoorCall, params: RouteContext["params"]): RouteContext => {
    const askIn = <I, O>(method: UnaryMethod<I, O>, request: I, context: CallContext): Promise<O> => {
      const entry = runtime.handlers.get(method.path);
      if (entry?.method.kind !== "unary") throw unimplemented();
      // The table has paired the method with who answers it.
      return (entry.handle as (request: I, context: CallContext) => Promise<O>)(request, context);
    };
    const askStream = <I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>): AsyncIterable<O> => {
      const entry = runtime.handlers.get(method.path);
      if (entry?.method.kind !== "stream") throw unimplemented();
      return (entry.handle as (requests: AsyncIterable<I>, context: CallContext) => AsyncIterable<O>)(
        requests,
        call.context,
      );
    };
    return {
      call,
      params,
      runtime,
      isReady,
      askIn,
      askStream,
      ask: (method, request) => askIn(method, request, call.context),
    };
  };

  return async (request, response) => {
    if (answerWebPage?.(request, response) === true) return;
    const call = new DoorCall(request, response, maxBodyBytes);
    try {
      guard(request, call.verb === "GET" && healthPaths.has(call.rawPath.replace(/\/$/u, "")));
      await answer(call);
    } catch (thrown) {
      sendError(
        call,
        isTooDeep(thrown) ? malformedBody("exceeded max depth", thrown) : MechaError.from(thrown),
        runtime.appId,
      );
    }
    onAnswered?.(call.verb, call.rawPath, response.statusCode);
  };
}

/** Bodies can be nested deeper than what writes them again can follow; daprd takes 10000 levels. */
function isTooDeep(thrown: unknown): boolean {
  return thrown instanceof RangeError && thrown.message.includes("call stack");
}

function sendError(call: DoorCall, error: MechaError, appId: string): void {
  if (call.isAnswered) {
    call.cut();
    return;
  }
  const status = errorStatus(error);
  // What is left of a body that is too long is not waited for.
  if (status === 413) call.closeAfterAnswer();
  call.sendJson(errorBody(error, appId), status);
}

function verbOf(verb: string): "GET" | "POST" | "PUT" | "DELETE" | "PATCH" {
  return verb === "GET" || verb === "POST" || verb === "PUT" || verb === "DELETE" ? verb : "PATCH";
}

/** What Go's HTTP server says where daprd serves nothing. */
function sendNotFound(call: DoorCall): void {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  call.sendBytes(Buffer.from("404 page not found\n", "utf8"), { status: 404, headers });
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function badPath(path: string): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    `invalid request: the path ${path} is not percent-encoded as it should be`,
    {
      reason: "ERR_BAD_REQUEST",
      httpStatus: 400,
    },
  );
}

/** daprd takes what no route has for an invocation that does not say of whom. */
function noSuchPath(): MechaError {
  return new MechaError("NOT_FOUND", "failed getting app id either from the URL path or the header dapr-app-id", {
    reason: "ERR_DIRECT_INVOKE",
    httpStatus: 404,
  });
}

function unimplemented(): MechaError {
  return new MechaError("UNIMPLEMENTED", "this API is currently not implemented", {
    reason: "ERR_API_UNIMPLEMENTED",
    httpStatus: 501,
  });
}
