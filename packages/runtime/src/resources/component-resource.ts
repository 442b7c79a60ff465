import type { ResourceDocument } from "@mecha/sdk-core/resources";
import { isComponentShape, type ComponentShape, type SettingShape } from "./component-shape.js";
import { durationMs } from "./duration.js";
import { resourceError } from "./resource-error.js";

/** One entry of a component's `spec.metadata`: a value, or where to find it. */
export interface ComponentSetting {
  readonly name: string;
  /** The value as text; absent if it is to be looked up, or is empty. */
  readonly value?: string;
  /** A secret, and which of its values. */
  readonly secretKeyRef?: { readonly name: string; readonly key: string };
  /** An environment variable. */
  readonly envRef?: string;
}

/** A resource of kind Component, as written: references are not looked up yet. */
export interface ComponentResource {
  readonly document: ResourceDocument;
  readonly name: string;
  /** For example `state.redis`. */
  readonly type: string;
  /** @defaultValue `v1` */
  readonly version: string;
  /** Whether the runtime starts without the component if it fails. */
  readonly ignoreErrors: boolean;
  /** How long it may take to start, in milliseconds. */
  readonly initTimeoutMs: number;
  readonly settings: readonly ComponentSetting[];
  /** The secret store that `secretKeyRef` means. */
  readonly secretStore?: string;
  /** The file or package that implements the component, where that is none of the runtime's own: what {@link ownModuleKey} says. */
  readonly module?: string;
}

/** The metadata entry that names the module of a user's own component. daprd ignores it. */
export const ownModuleKey = "mecha.module";

/** daprd gives 5 s, which a broker on a busy laptop does not always keep; a backend that is down is reported by its component long before. */
const defaultInitTimeoutMs = 20_000;

/** Reads a document of kind Component. */
export async function parseComponent(document: ResourceDocument): Promise<ComponentResource> {
  const { metadata, spec, auth } = await shapeOf(document);
  const timeout =
    spec.initTimeout === undefined || spec.initTimeout === "" ? defaultInitTimeoutMs : durationMs(spec.initTimeout);
  if (timeout === undefined) {
    throw resourceError(
      document,
      ["spec", "initTimeout"],
      `"spec.initTimeout" is "${String(spec.initTimeout)}"; write a duration such as 5s or 1m30s`,
    );
  }
  const settings = (spec.metadata ?? []).map((entry, index) => toSetting(document, entry, index));
  refuseRepeatedSettings(document, settings);
  const own = ownModule(document, settings);
  return {
    document,
    name: metadata.name,
    type: spec.type,
    version: spec.version ?? "v1",
    ignoreErrors: spec.ignoreErrors ?? false,
    initTimeoutMs: timeout,
    settings,
    ...(auth?.secretStore !== undefined && auth.secretStore !== "" && { secretStore: auth.secretStore }),
    ...(own !== undefined && { module: own }),
  };
}

/** Only what is wrong needs the schema, which says how. */
async function shapeOf(document: ResourceDocument): Promise<ComponentShape> {
  if (isComponentShape(document.value)) return document.value;
  const { checkComponent } = await import("./component-schema.js");
  return checkComponent(document);
}

function toSetting(document: ResourceDocument, entry: SettingShape, index: number): ComponentSetting {
  const { secretKeyRef, envRef } = entry;
  const value = toText(entry.value);
  if (value === undefined && entry.value !== undefined && entry.value !== null) {
    throw resourceError(
      document,
      ["spec", "metadata", index, "value"],
      `the value of "${entry.name}" is no text, number or boolean. Write JSON values as text in quotes.`,
    );
  }
  return {
    name: entry.name,
    ...(value !== undefined && { value }),
    ...(secretKeyRef !== undefined && {
      secretKeyRef: { name: secretKeyRef.name, key: secretKeyRef.key ?? secretKeyRef.name },
    }),
    ...(envRef !== undefined && { envRef }),
  };
}

/** A value as text, as Dapr's dynamic values give it; `undefined` for what is no scalar. */
function toText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function refuseRepeatedSettings(document: ResourceDocument, settings: readonly ComponentSetting[]): void {
  const seen = new Set<string>();
  for (const [index, { name: key }] of settings.entries()) {
    if (seen.has(key.toLowerCase())) {
      throw resourceError(
        document,
        ["spec", "metadata", index, "name"],
        `the metadata key "${key}" is there twice; remove one`,
      );
    }
    seen.add(key.toLowerCase());
  }
}

/** Code is named in the file itself: who may set a variable or a secret does not choose what runs. */
function ownModule(document: ResourceDocument, settings: readonly ComponentSetting[]): string | undefined {
  const index = settings.findIndex(({ name: key }) => key === ownModuleKey);
  const found = settings[index];
  if (found === undefined) return undefined;
  if (found.value !== undefined && found.value !== "") return found.value;
  throw resourceError(
    document,
    ["spec", "metadata", index],
    `the metadata entry "${ownModuleKey}" needs a value: a file such as ./greeting.js, or the name of a package`,
  );
}
