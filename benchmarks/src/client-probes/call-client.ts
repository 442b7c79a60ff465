/** The sidecar that all sides call. */
export interface CallTarget {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly store: string;
  readonly pubsub: string;
  readonly topic: string;
  /** App id and method that answer invocations. */
  readonly appId: string;
  readonly method: string;
}

/** The operations that are measured, in the words of one side. */
export interface CallClient {
  get(key: string): Promise<unknown>;
  save(key: string, value: unknown): Promise<unknown>;
  publish(data: object): Promise<unknown>;
  invoke(data: object): Promise<unknown>;
}
