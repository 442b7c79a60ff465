/** A host and a port. */
export interface HostAddress {
  readonly host: string;
  /** Absent where none is given. */
  readonly port?: number;
}

/** Reads `host`, `host:port` or `[v6]:port`; `undefined` for anything else. */
export function readHostAddress(text: string): HostAddress | undefined {
  const [, v6, name, digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/u.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || (v6 !== undefined && process.getBuiltinModule("node:net").isIP(v6) !== 6)) return undefined;
  if (digits === undefined) return { host };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Writes an address with a port. */
export function hostAddress(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}
