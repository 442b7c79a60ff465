import { type ComponentContext, goDurationMs, MechaError } from "@mecha/spec";

/** What a key may be called besides its name, and what holds without it. */
export interface TextOptions {
  /** Older names of the key that daprd still takes; the key itself wins. */
  readonly aliases?: readonly string[];
  /** The only values that are taken; compared without regard to case, given back as written here. */
  readonly allowed?: readonly string[];
}

/** Bounds of a number. */
export interface IntegerOptions {
  readonly aliases?: readonly string[];
  /** Least value that is taken. */
  readonly min?: number;
  /** Greatest value that is taken. */
  readonly max?: number;
}

/** How a duration is written. */
export interface DurationOptions {
  readonly aliases?: readonly string[];
  /** What a number without a unit counts. Most of daprd's components count seconds, Redis's settings milliseconds. @defaultValue `"seconds"` */
  readonly bareNumber?: "seconds" | "milliseconds";
  /** Least value that is taken, in milliseconds. */
  readonly minMs?: number;
}

/**
 * Reads `spec.metadata` of a component as daprd does: keys without regard to case, all values text, an empty value the same
 * as none. Every method throws `CONFIGURATION_INVALID` that names component, key and what is allowed.
 */
export interface MetadataReader {
  /** The text of a key, or `fallback`. */
  text<F extends string | undefined>(key: string, fallback: F, options?: TextOptions): string | F;
  /** The text of a key that must be there. */
  requiredText(key: string, options?: TextOptions): string;
  /** True for `true`, `t`, `yes`, `y`, `on`, `1`; false for their opposites; daprd takes anything else for false, we refuse it. */
  boolean(key: string, fallback: boolean, options?: { readonly aliases?: readonly string[] }): boolean;
  /** A whole number, or `fallback`. */
  integer<F extends number | undefined>(key: string, fallback: F, options?: IntegerOptions): number | F;
  /** A duration in Go's syntax or a bare number, in milliseconds, or `fallback`. */
  durationMs<F extends number | undefined>(key: string, fallback: F, options?: DurationOptions): number | F;
  /** The error to throw when a value is wrong in a way that the other methods do not see. */
  invalid(key: string, problem: string): MechaError;
}

const truthy = new Set(["true", "t", "yes", "y", "on", "1"]);
const falsy = new Set(["false", "f", "no", "n", "off", "0"]);

/** Makes a reader of a component's metadata. */
export function readMetadata(context: ComponentContext): MetadataReader {
  const valueByKey = new Map<string, string>();
  for (const [key, value] of Object.entries(context.metadata)) valueByKey.set(key.toLowerCase(), value);

  function find(key: string, aliases: readonly string[] = []): string | undefined {
    for (const name of [key, ...aliases]) {
      const value = valueByKey.get(name.toLowerCase());
      if (value !== undefined && value !== "") return value;
    }
    return undefined;
  }

  function invalid(key: string, problem: string): MechaError {
    return new MechaError(
      "CONFIGURATION_INVALID",
      `Component "${context.name}" (${context.type}): metadata key "${key}" ${withoutCredentials(problem)}`,
      { component: context.name, operation: "component.create", metadata: { key } },
    );
  }

  function text<F extends string | undefined>(key: string, fallback: F, options: TextOptions = {}): string | F {
    const value = find(key, options.aliases);
    if (value === undefined) return fallback;
    if (options.allowed === undefined) return value;
    const match = options.allowed.find((allowed) => allowed.toLowerCase() === value.toLowerCase());
    if (match === undefined) throw invalid(key, `is "${value}"; allowed: ${options.allowed.join(", ")}`);
    return match;
  }

  return {
    text,
    invalid,
    requiredText(key, options = {}) {
      const value = text(key, undefined, options);
      if (value === undefined) throw invalid(key, "is missing; it is required");
      return value;
    },
    boolean(key, fallback, options = {}) {
      const value = find(key, options.aliases)?.trim().toLowerCase();
      if (value === undefined) return fallback;
      if (truthy.has(value)) return true;
      if (falsy.has(value)) return false;
      throw invalid(key, `is "${value}"; allowed: true, false`);
    },
    integer(key, fallback, options = {}) {
      const value = find(key, options.aliases);
      if (value === undefined) return fallback;
      const parsed = /^[+-]?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
      if (parsed >= min && parsed <= max) return parsed;
      throw invalid(key, `is "${value}"; allowed: whole numbers${bounds(options.min, options.max)}`);
    },
    durationMs(key, fallback, options = {}) {
      const value = find(key, options.aliases);
      if (value === undefined) return fallback;
      const parsed = parseDuration(value.trim(), options.bareNumber ?? "seconds");
      if (parsed !== undefined && parsed >= (options.minMs ?? Number.NEGATIVE_INFINITY)) return parsed;
      const least = options.minMs === undefined ? "" : ` of at least ${String(options.minMs)}ms`;
      throw invalid(
        key,
        `is "${value}"; allowed: durations${least} such as 500ms, 10s, 1h30m, or a number of ${options.bareNumber ?? "seconds"}`,
      );
    },
  };
}

/** Takes user and password out of addresses: they have keys of their own, but people write them here too. */
function withoutCredentials(text: string): string {
  return text.replace(/(^|[\s"/])[^\s"/]*:[^\s"]*@/g, "$1***@");
}

function parseDuration(text: string, bareNumber: "seconds" | "milliseconds"): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text) * (bareNumber === "seconds" ? 1_000 : 1);
  return goDurationMs(text);
}

function bounds(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${String(min)} to ${String(max)}`;
  if (min !== undefined) return ` of at least ${String(min)}`;
  return max === undefined ? "" : ` of at most ${String(max)}`;
}
