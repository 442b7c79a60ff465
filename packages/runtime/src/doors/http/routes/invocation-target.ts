import type { Metadata } from "@mecha/sdk-core/protocol";

/** Whom a request is for, and what of them. */
export interface InvocationTarget {
  /** An app id, or the address of a server that is no app (`http://…`, `https://…`). */
  readonly appId: string;
  /** Path of the method, without its first slash. */
  readonly method: string;
}

/** The header that names the app; the whole path is the method then. */
const appIdHeader = "dapr-app-id";

/**
 * Finds whom a request is for, as daprd does: the header `dapr-app-id`, or a basic authorization of a user of that name, or the path
 * `/v1.0/invoke/<app id>/method/<method>`, where the app id may be an address, plain or escaped.
 */
export function invocationTarget(rawPath: string, headers: Metadata): InvocationTarget | undefined {
  const named = headers[appIdHeader] ?? fromAuthorization(headers["authorization"] ?? "");
  if (named !== undefined && named !== "") return { appId: named, method: cleaned(rawPath) };
  const path = /^\/+v1\.0\/+invoke\/+(.+)$/u.exec(rawPath)?.[1];
  const at = path?.indexOf("/method/") ?? -1;
  if (path === undefined || at < 1) return undefined;
  return { appId: decoded(path.slice(0, at)), method: cleaned(path.slice(at + "/method/".length)) };
}

/** Two names with a colon between them: `dapr-app-id:<app id>`. */
function fromAuthorization(authorization: string): string | undefined {
  const encoded = /^Basic (.+)$/u.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [user = "", password = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return rest.length === 0 && user.toLowerCase() === appIdHeader ? password : undefined;
}

/** Without dots and double slashes, so that nothing outside the app's own paths is reached. */
function cleaned(path: string): string {
  const { pathname } = new URL(`http://app.invalid/${path.replaceAll(/\/{2,}/gu, "/").replace(/^\//u, "")}`);
  const trimmed = pathname.slice(1);
  return trimmed.endsWith("/") ? trimmed.slice(0, -1) : trimmed;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
