/** Where spans go over OTLP. */
export interface OtelSettings {
  /** `host:port`, or an address with a scheme. */
  readonly endpointAddress: string;
  readonly protocol: "http" | "grpc";
  readonly isSecure: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** How long an export may take, in milliseconds. @defaultValue the exporter's */
  readonly timeoutMs?: number;
}

/** What a Configuration says of traces (`spec.tracing`). */
export interface TracingSettings {
  /** Part of the traces that begin here that are sampled, from 0 to 1; a caller's decision holds for its own. 0 is no tracing. */
  readonly samplingRate: number;
  /** Spans go to the log. */
  readonly stdout: boolean;
  /** Where spans go in Zipkin's form, such as `http://127.0.0.1:9411/api/v2/spans`. */
  readonly zipkinEndpoint?: string;
  readonly otel?: OtelSettings;
}
