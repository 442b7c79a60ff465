/** A name as a part of a path or a file name. Half a surrogate pair, which no bytes stand for, becomes U+FFFD, as it does in every message on a wire. */
export function percentEncoded(name: string): string {
  return encodeURIComponent(Buffer.from(name, "utf8").toString("utf8"));
}
