import { createHash, timingSafeEqual } from "node:crypto";

/** Makes the comparison with a token. Digests have one length, so that the time of a comparison says nothing about the token. */
export function createTokenCheck(expected: string): (token: string) => boolean {
  const wanted = digest(expected);
  return (token) => timingSafeEqual(digest(token), wanted);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
