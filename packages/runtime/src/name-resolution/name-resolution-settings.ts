/** How apps on other machines are found, as `spec.nameResolution` of a Configuration says. */
export interface NameResolutionSettings {
  readonly component: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}
