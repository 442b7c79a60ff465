import type { Duplex } from "node:stream";

/** A command of ioredis 5 and 6, as far as a transport touches one. */
export interface IoredisCommand {
  name: string;
  args: unknown[];
  readonly promise: Promise<unknown>;
  resolve: (reply: unknown) => void;
  reject: (error: Error) => void;
}

/** What a command of ioredis 5 and 6 keeps of its reply, beside its public face. */
export interface IoredisReplyState {
  /** What bytes in its reply are turned into text by; absent or `null` for replies that are bytes. */
  readonly replyEncoding?: string | null | undefined;
  /** Tells a command of ioredis 6 how the connection has its replies. */
  setReplyContext?(context: object): void;
}

/** What a client of ioredis 5 and 6 keeps of its connection, beside its public face. */
export interface IoredisState {
  readonly status: string;
  readonly options: { readonly stringNumbers?: boolean };
  /** Commands that were sent and are not answered. */
  readonly commandQueue: { readonly length: number; push(item: object): unknown };
  readonly condition: { readonly select: number } | null | undefined;
}

/** The options of ioredis 5 and 6 that say where a cache is or that a transport of ours leaves without effect. */
export interface IoredisOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly db?: number | undefined;
  readonly sentinels?: readonly unknown[] | null | undefined;
  readonly name?: string | null | undefined;
  readonly tls?: unknown;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly disconnectTimeout?: number | undefined;
}

/** `Redis` of ioredis 5 and 6, as far as a transport touches it. */
export interface IoredisClient {
  readonly status: string;
  readonly options: object;
  emit(event: string | symbol, ...args: unknown[]): boolean;
  sendCommand(command: IoredisCommand, stream?: unknown): unknown;
}

/** The class `Redis` of ioredis 5 or 6. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript takes nothing else for the base of a mixin
export type IoredisClass = new (...args: any[]) => IoredisClient;

/** The class `AbstractConnector` of ioredis 5 or 6: its public seam for transports, whose fields are protected. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript takes nothing else for the base of a mixin
export type ConnectorClass = abstract new (...args: any[]) => object;

/** What the two releases' connectors have beside their public face. */
export interface ConnectorFields {
  /** Whether nobody disconnected since `connect()` was called. */
  connecting: boolean;
  stream: Duplex;
  /** Why a connection could not be had, for the client's `error` event. */
  firstError: Error | undefined;
}
