/** What a metric says of what it counts. */
export interface Instrument {
  readonly kind: "count" | "gauge" | "latency" | "size";
  /** In one sentence, for `# HELP`. */
  readonly help: string;
  /** Labels besides `app_id`. */
  readonly labels: readonly string[];
}

const component = ["component", "namespace"] as const;
const operation = [...component, "operation", "success"] as const;
const topic = [...component, "success", "topic"] as const;
const ingress = [...component, "process_status", "topic"] as const;
const http = ["method", "path", "status"] as const;
const grpcClient = ["grpc_client_method"] as const;
const policy = ["flow_direction", "name", "namespace", "policy", "status", "target"] as const;

const count = (help: string, ...labels: readonly string[]): Instrument => ({ kind: "count", help, labels });
const gauge = (help: string, ...labels: readonly string[]): Instrument => ({ kind: "gauge", help, labels });
const latency = (help: string, ...labels: readonly string[]): Instrument => ({ kind: "latency", help, labels });
const size = (help: string, ...labels: readonly string[]): Instrument => ({ kind: "size", help, labels });

/** Metrics by their names without `dapr_`. Names, labels and units are those of daprd 1.18: latencies are in milliseconds. */
export const instruments = {
  http_server_request_count: count("Requests that the HTTP API has answered.", ...http),
  http_server_response_count: count("Responses of the HTTP API.", ...http),
  http_server_latency: latency("How long the HTTP API took to answer.", ...http),
  http_server_request_bytes: size("Bodies of requests, where they say their length."),
  http_server_response_bytes: size("Bodies of responses."),
  http_client_completed_count: count("Requests to the app over HTTP.", ...http),
  http_client_roundtrip_latency: latency("How long the app took to answer over HTTP.", ...http),
  http_client_sent_bytes: size("Bodies of requests to the app over HTTP.", ...http),
  http_client_received_bytes: size("Bodies of the app's answers over HTTP, where they say their length."),
  http_healthprobes_completed_count: count("Probes of the app's health over HTTP.", "status"),
  http_healthprobes_roundtrip_latency: latency("How long the app took to answer a probe over HTTP.", "status"),
  grpc_io_server_completed_rpcs: count(
    "Calls that the gRPC API has answered.",
    "grpc_server_method",
    "grpc_server_status",
  ),
  grpc_io_server_server_latency: latency(
    "How long the gRPC API took to answer.",
    "grpc_server_method",
    "grpc_server_status",
  ),
  grpc_io_server_received_bytes_per_rpc: size("Requests of the gRPC API.", "grpc_server_method"),
  grpc_io_server_sent_bytes_per_rpc: size("Responses of the gRPC API.", "grpc_server_method"),
  grpc_io_client_completed_rpcs: count("Calls of the app over gRPC.", ...grpcClient, "grpc_client_status"),
  grpc_io_client_roundtrip_latency: latency(
    "How long the app took to answer over gRPC.",
    ...grpcClient,
    "grpc_client_status",
  ),
  grpc_io_client_sent_bytes_per_rpc: size("Requests to the app over gRPC.", ...grpcClient),
  grpc_io_client_received_bytes_per_rpc: size("The app's answers over gRPC.", ...grpcClient),
  grpc_io_healthprobes_completed_count: count("Probes of the app's health over gRPC.", "grpc_client_status"),
  grpc_io_healthprobes_roundtrip_latency: latency(
    "How long the app took to answer a probe over gRPC.",
    "grpc_client_status",
  ),
  component_state_count: count("Operations on state stores.", ...operation),
  component_state_latencies: latency("How long operations on state stores took.", ...operation),
  component_configuration_count: count("Operations on configuration stores.", ...operation),
  component_configuration_latencies: latency("How long operations on configuration stores took.", ...operation),
  component_secret_count: count("Operations on secret stores.", ...operation),
  component_secret_latencies: latency("How long operations on secret stores took.", ...operation),
  component_crypto_count: count("Operations of crypto providers.", ...operation),
  component_crypto_latencies: latency("How long operations of crypto providers took.", ...operation),
  component_conversation_count: count("Conversations.", ...component, "success"),
  component_conversation_latencies: latency("How long conversations took.", ...component, "success"),
  component_output_binding_count: count("Calls of output bindings.", ...operation),
  component_output_binding_latencies: latency("How long calls of output bindings took.", ...operation),
  component_input_binding_count: count("Events of input bindings that the app got.", ...component, "success"),
  component_input_binding_latencies: latency(
    "How long the app took for events of input bindings.",
    ...component,
    "success",
  ),
  component_pubsub_egress_count: count("Events that were published.", ...topic),
  component_pubsub_egress_latencies: latency("How long publishing took.", ...topic),
  component_pubsub_egress_bulk_count: count("Batches that were published.", ...topic),
  component_pubsub_egress_bulk_event_count: count("Events that were published in batches.", ...topic),
  component_pubsub_egress_bulk_latencies: latency("How long publishing batches took.", ...topic),
  component_pubsub_ingress_count: count("Events that the app got.", ...ingress, "status"),
  component_pubsub_ingress_latencies: latency("How long the app took for events.", ...ingress, "status"),
  component_pubsub_ingress_bulk_count: count("Batches of events that the app got.", ...ingress),
  component_pubsub_ingress_bulk_event_count: count("Events that the app got in batches.", ...ingress),
  component_pubsub_ingress_bulk_latencies: latency("How long the app took for batches of events.", ...ingress),
  component_job_success_count: count("Jobs that the app has done.", "namespace", "operation"),
  component_job_failure_count: count("Jobs that the app has not done.", "namespace", "operation"),
  component_job_latencies: latency("How long the app took for jobs.", "namespace", "operation", "success"),
  resiliency_loaded: count("Resiliency resources that were loaded.", "name", "namespace"),
  resiliency_count: count("Calls under policies of Resiliency resources, and subscriptions to topics.", ...policy),
  resiliency_activations_total: count("Timeouts, retries and changes of circuit breakers.", ...policy),
  resiliency_cb_state: gauge("Whether a circuit breaker was in this state when it was last asked: 1 or 0.", ...policy),
  runtime_component_loaded: count("Components that were loaded."),
  runtime_component_init_total: count("Components that have started.", "component"),
  runtime_actor_reminders_fired_total: count("Reminders of actors that the app got.", "actor_type", "success"),
  runtime_actor_timers_fired_total: count("Timers of actors that the app got.", "actor_type", "success"),
  runtime_actor_deactivated_total: count("Actors that were deactivated.", "actor_type"),
  runtime_actor_deactivated_failed_total: count("Actors that could not be deactivated.", "actor_type"),
  runtime_service_invocation_req_sent_total: count("Calls of apps in other processes.", "dst_app_id", "type"),
  runtime_service_invocation_req_recv_total: count("Calls of apps in other processes that came in.", "src_app_id"),
  runtime_service_invocation_res_sent_total: count("Answers to apps in other processes.", "dst_app_id", "status"),
  runtime_service_invocation_res_recv_total: count(
    "Answers of apps in other processes.",
    "src_app_id",
    "status",
    "type",
  ),
  runtime_service_invocation_res_recv_latency_ms: latency(
    "How long apps in other processes took.",
    "src_app_id",
    "status",
  ),
} as const satisfies Readonly<Record<string, Instrument>>;

/** The name of a metric, without `dapr_`. */
export type MetricName = keyof typeof instruments;
