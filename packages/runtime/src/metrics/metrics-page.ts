/** Metrics as Prometheus reads them. */
export interface MetricsPage {
  /** Media type of {@link MetricsPage.text}. */
  readonly contentType: string;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
}
