import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { MechaError } from "@mecha/spec";
import { createTokenCheck } from "../token-check.js";
import { AllowedOrigins } from "./allowed-origins.js";

/** Who may call the HTTP door. */
export interface RequestGuardOptions {
  /** What callers have to send as `dapr-api-token`; health checks need none. @defaultValue nothing */
  readonly apiToken?: string;
  /** Names by which callers may call the door, besides `localhost` and addresses. `*` lets any in. @defaultValue none */
  readonly allowedHosts?: readonly string[];
  /** Origins of web pages that may call the door; `*` lets any in. @defaultValue none */
  readonly allowedOrigins?: readonly string[];
}

/** Throws for requests that may not come in. */
export type RequestGuard = (request: IncomingMessage, isHealthCheck: boolean) => void;

/**
 * Makes the check of requests. A web page must not reach a door on this machine, neither directly (`Origin`) nor through a name of
 * its own that it lets point here (`Host`): an address cannot be made to point elsewhere, so those are let in.
 */
export function createRequestGuard(options: RequestGuardOptions): RequestGuard {
  const { apiToken = "", allowedHosts = [], allowedOrigins = [] } = options;
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const origins = new AllowedOrigins(allowedOrigins);
  const isToken = createTokenCheck(apiToken);
  return ({ headers }, isHealthCheck) => {
    if (!isAllowedHost(headers.host ?? "", hosts)) throw foreignHost(headers.host ?? "");
    const { origin } = headers;
    if (origin !== undefined && !origins.has(origin)) throw foreignOrigin(origin);
    if (origin === undefined && !origins.hasAll && isOfPage(headers)) throw foreignOrigin("another site");
    if (apiToken === "" || isHealthCheck) return;
    const token = headers["dapr-api-token"];
    if (typeof token === "string" && isToken(token)) return;
    throw new MechaError("UNAUTHENTICATED", "invalid api token", { httpStatus: 401 });
  };
}

/** Browsers say so of pictures, links and the like, which pages ask for without naming their origin. */
function isOfPage({ "sec-fetch-site": site }: IncomingHttpHeaders): boolean {
  return site === "cross-site" || site === "same-site";
}

function isAllowedHost(host: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has("*")) return true;
  const name = /^\[(.*)\](?::\d+)?$/u.exec(host)?.[1] ?? host.replace(/:\d+$/u, "");
  const lowerCase = name.toLowerCase();
  return lowerCase === "localhost" || isIP(lowerCase) !== 0 || allowed.has(lowerCase);
}

function foreignHost(host: string): MechaError {
  return new MechaError(
    "PERMISSION_DENIED",
    `This runtime is not called "${host}". Call it by its address or as localhost, or allow the name (allowedHosts, --allowed-hosts).`,
    { reason: "ERR_FORBIDDEN_HOST", httpStatus: 403 },
  );
}

function foreignOrigin(origin: string): MechaError {
  return new MechaError(
    "PERMISSION_DENIED",
    `Web pages of ${origin} may not call this runtime. Allow them with allowedOrigins (--allowed-origins) if they should.`,
    { reason: "ERR_FORBIDDEN_ORIGIN", httpStatus: 403 },
  );
}
