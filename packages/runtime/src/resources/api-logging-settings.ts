/** How calls of the HTTP API are logged (`spec.logging.apiLogging`). Probes of health never are. */
export interface ApiLoggingSettings {
  readonly isEnabled: boolean;
  /** Paths are logged without the values in them. */
  readonly hidesPaths: boolean;
}
