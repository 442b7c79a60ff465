/** Where `@opentelemetry/api` 1.x keeps what an SDK registers; every copy of the API uses this symbol. */
const registrations = Symbol.for("opentelemetry.js.api.1");

/** Whether the app has registered an OpenTelemetry SDK. Without one the API need not even be loaded. */
export function isTelemetryRegistered(): boolean {
  return registrations in globalThis;
}
