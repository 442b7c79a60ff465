import type { Metadata } from "@mecha/sdk-core/protocol";
import { metadataHeaders } from "./metadata-headers.js";

/**
 * Properties of a message as metadata of a gRPC call, whose names have no case. What gRPC cannot carry, a value that is not ASCII, is left
 * out: daprd fails such a call instead, and the message comes again and again.
 */
export function messageMetadata(properties: Metadata): Metadata {
  const headers = Object.entries(metadataHeaders(properties));
  return Object.fromEntries(headers.filter(([name, value]) => isCarried.test(name) && isPrintable.test(value)));
}

/** `content-type` is the call's own. */
const isCarried = /^(?!content-type$)[a-z0-9._-]+$/u;
const isPrintable = /^[\x20-\x7e]*$/u;
