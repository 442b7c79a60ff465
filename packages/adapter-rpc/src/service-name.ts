/** Identity of a service: its interface, version and, rarely, a unique id that tells instances of one interface apart. */
export interface ServiceName {
  readonly interfaceName: string;
  readonly version: string;
  readonly uniqueId?: string;
}

/** `interface:version` or `interface:version:uniqueId`, as SOFA and HSF write it. */
export function serviceId({ interfaceName, version, uniqueId }: ServiceName): string {
  return [interfaceName, version, uniqueId].filter((part) => part !== undefined && part !== "").join(":");
}

/** Method of the service invocation that carries a call: `rpc/<service id>/<method>`. */
export function invocationMethod(service: string, method: string): string {
  return `rpc/${service}/${encodeURIComponent(method)}`;
}

/** Service id and method in the method of a service invocation; `undefined` if it is none of ours. */
export function parseInvocationMethod(
  method: string,
): { readonly service: string; readonly method: string } | undefined {
  const match = /^\/?rpc\/([^/]+)\/([^/]+)$/.exec(method);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  try {
    return { service: match[1], method: decodeURIComponent(match[2]) };
  } catch {
    // Not written by us: what we write can be decoded.
    return undefined;
  }
}
