import type { IncomingMessage, ServerResponse } from "node:http";
import type { AllowedOrigins } from "./allowed-origins.js";

/** Tells browsers what the pages of allowed origins may do; says whether that was all that a request asked for. */
export type AnswerWebPage = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Makes what lets browsers hand the door's answers to the pages that may call it (CORS), as daprd does with `--allowed-origins`: any
 * verb and header, without credentials. What a browser asks ahead of a call carries no token, and is answered without one.
 */
export function createWebPageAnswer(origins: AllowedOrigins): AnswerWebPage {
  return ({ method, headers }, response) => {
    const { origin } = headers;
    if (origin === undefined || !origins.has(origin)) return false;
    response.setHeader("vary", "Origin");
    response.setHeader("access-control-allow-origin", origins.hasAll ? "*" : origin);
    const verb = headers["access-control-request-method"];
    if (method !== "OPTIONS" || verb === undefined) return false;
    const names = headers["access-control-request-headers"];
    response.writeHead(200, {
      "access-control-allow-methods": verb.toUpperCase(),
      ...(names !== undefined && { "access-control-allow-headers": names }),
    });
    response.end();
    return true;
  };
}
