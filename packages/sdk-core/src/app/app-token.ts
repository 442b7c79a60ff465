import { createHash, timingSafeEqual } from "node:crypto";
import { MechaError } from "@mecha/spec";
import type { Metadata } from "../transport/transport.js";

/** Header in which a sidecar sends the app's token. */
const header = "dapr-api-token";

/**
 * Makes the check of `APP_API_TOKEN`: what a sidecar that was given the same token sends with its calls. Without a token
 * nothing is checked.
 *
 * @returns a function that throws `UNAUTHENTICATED` for headers without the right token
 */
export function createTokenCheck(token = process.env["APP_API_TOKEN"]): (headers: Metadata) => void {
  if (token === undefined || token === "") return () => undefined;
  const expected = digest(token);
  return (headers) => {
    // Digests have one length, so that the time of a comparison says nothing about the token.
    if (timingSafeEqual(digest(headers[header] ?? ""), expected)) return;
    throw new MechaError(
      "UNAUTHENTICATED",
      "The call does not carry this app's token in dapr-api-token: start the sidecar with the APP_API_TOKEN of its app",
      { operation: "app.authenticate", httpStatus: 401 },
    );
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
