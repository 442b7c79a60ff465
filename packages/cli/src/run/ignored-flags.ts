/**
 * Flags of `dapr run` that have nothing to do here, each with why: they are taken, so that a script need not be changed, and named
 * at start.
 */
export const ignoredFlags: Readonly<Record<string, string>> = {
  "--placement-host-address <address>": "actors live on this machine, without a placement service",
  "--scheduler-host-address <address>": "jobs and reminders are kept by the runtime itself",
  "--enable-profiling": "there is no profiling server; start node with --inspect",
  "--profile-port <port>": "there is no profiling server; start node with --inspect",
  "--runtime-path <path>": "the runtime is part of this package",
  "--mode <mode>": "the runtime is always standalone",
  "--actors-service <address>": "actors live on this machine, without a placement service",
  "--reminders-service <address>": "jobs and reminders are kept by the runtime itself",
  "--scheduler-job-streams <count>": "jobs and reminders are kept by the runtime itself",
  "--dapr-public-port <port>": "there is one HTTP API",
  "--dapr-public-listen-address <address>": "there is one HTTP API",
  "--control-plane-address <address>": "there is no control plane",
  "--control-plane-trust-domain <domain>": "there is no control plane",
  "--control-plane-namespace <namespace>": "there is no control plane",
  "--sentry-address <address>": "there is no control plane",
  "--enable-mtls [boolean]": "nothing leaves this machine",
  "--disable-builtin-k8s-secret-store": "there is no such secret store",
};
