import assert from "node:assert";

/** What every client of the original takes; of no use here are those that reach RocketMQ, but their absence is refused alike. */
export interface ClientOptions {
  readonly namespace?: string;
  readonly httpclient?: unknown;
  readonly onsAddr?: unknown;
  readonly nameSrv?: unknown;
  readonly logger?: Logger;
}

/** Where the original writes; its own default is the console, for warnings and errors. */
export interface Logger {
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
}

/** The original asks Aliyun where the name servers are, unless it is told otherwise. */
const defaultAddress = "http://onsaddr-internet.aliyun.com/rocketmq/nsaddr4client-internet";

/** The original's demands on options that Mecha has no use for: an app that passes here passes with the original too. */
export function assertRemotingOptions(options: ClientOptions): void {
  const { onsAddr, nameSrv, httpclient } = { onsAddr: defaultAddress, ...options };
  // As in the original, an empty text is no address.
  assert(Boolean(onsAddr) || nameSrv, "[RemotingClient] options.onsAddr or options.nameSrv one of them is required");
  assert(httpclient, "[RemotingClient] options.httpclient is required");
}

/** A group or topic inside a namespace, as the original writes it. */
export function inNamespace(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}%${name}`;
}

/** A topic as the app named it, also when it was sent before and carries the namespace already. */
export function withoutNamespace(namespace: string, topic: string): string {
  const prefix = `${namespace}%`;
  return namespace !== "" && topic.startsWith(prefix) ? topic.slice(prefix.length) : topic;
}
