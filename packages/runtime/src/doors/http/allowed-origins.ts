/** The origins of web pages that may call a door. */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string>;

  /** @param origins - `*` is any */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/u, "")));
  }

  /** Whether any page may call. */
  get hasAll(): boolean {
    return this.#origins.has("*");
  }

  has(origin: string): boolean {
    return this.hasAll || this.#origins.has(origin.toLowerCase());
  }
}
