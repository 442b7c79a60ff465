/**
 * Flags of `dapr run` that have nothing to do here, each with why: they are taken, so that a script need not be changed, and named
 * at start.
 */
export const ignoredFlags: Readonly<Record<string, string>> = {
  "--placement-host-address <address>": "actors live on this machine, without a placement service",
  "--scheduler-host-address <address>": "jobs and reminders are kept by the runtime itself",
  "--dapr-internal-grpc-port <port>": "processes of this machine call each other over Unix sockets",
  "--metrics-port <port>": "there is no metrics server",
  "--enable-profiling": "there is no profiling server; start node with --inspect",
  "--profile-port <port>": "there is no profiling server; start node with --inspect",
  "--read-buffer-size <size>": "headers may have 16 KiB",
  "--enable-app-health-check": "the app's health is not probed",
  "--app-health-probe-interval <seconds>": "the app's health is not probed",
  "--app-health-probe-timeout <ms>": "the app's health is not probed",
  "--app-health-threshold <count>": "the app's health is not probed",
  "--runtime-path <path>": "the runtime is part of this package",
  "--log-as-json": "the log is text",
};
