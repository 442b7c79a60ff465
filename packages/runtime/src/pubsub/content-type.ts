/** Media types as daprd tells them apart when it makes and reads CloudEvents: parameters do not count, nor does case. */
function mediaType(contentType: string): string {
  return contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** `application/json`. daprd does not count `+json` types. */
export function isJson(contentType: string): boolean {
  // Most events are: to take a media type apart costs as much as to parse a small one.
  return contentType === "application/json" || mediaType(contentType) === "application/json";
}

/** A CloudEvent in its JSON form: the publisher made the envelope itself. */
export function isCloudEvent(contentType: string): boolean {
  return mediaType(contentType) === "application/cloudevents+json";
}

/** Bytes that an envelope carries as base64. */
export function isBinary(contentType: string): boolean {
  if (contentType === "") return false;
  const type = mediaType(contentType);
  return type === "application/octet-stream" || type === "application/cloudevents+protobuf";
}

/** Text that an envelope carries as a string. */
export function isText(contentType: string): boolean {
  const type = mediaType(contentType);
  return type.startsWith("text/") || type === "application/xml";
}
