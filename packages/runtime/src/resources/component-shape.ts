/** A document of kind Component, as written. */
export interface ComponentShape {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly type: string;
    readonly version?: string | undefined;
    readonly ignoreErrors?: boolean | undefined;
    readonly initTimeout?: string | undefined;
    readonly metadata?: readonly SettingShape[] | null | undefined;
  };
  readonly auth?: { readonly secretStore?: string | undefined } | null | undefined;
}

/** An entry of `spec.metadata`, as written. */
export interface SettingShape {
  readonly name: string;
  readonly value?: unknown;
  readonly secretKeyRef?: { readonly name: string; readonly key?: string | undefined } | undefined;
  readonly envRef?: string | undefined;
}

/** What the name of a component is. */
export const namePattern = /^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$/i;

/** What the type of a component is: a building block and a name. */
export const typePattern = /^[a-z]+\.[^\s]+$/;

/**
 * Whether a document is a Component by the schema. It is asked first, as it takes nothing: loading the schema and what reads schemas
 * takes longer than all else that is done with a component at the start.
 */
export function isComponentShape(value: unknown): value is ComponentShape {
  if (!isObject(value)) return false;
  const { metadata, spec, auth } = value;
  return isObject(metadata) && isText(metadata["name"], namePattern) && isSpec(spec) && isAuth(auth);
}

function isSpec(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type, version, ignoreErrors, initTimeout, metadata } = value;
  return (
    isText(type, typePattern) &&
    isOptional(version, "string") &&
    isOptional(ignoreErrors, "boolean") &&
    isOptional(initTimeout, "string") &&
    (metadata === undefined || metadata === null || (Array.isArray(metadata) && metadata.every(isSetting)))
  );
}

function isSetting(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, secretKeyRef, envRef } = value;
  return isFilled(name) && (envRef === undefined || isFilled(envRef)) && isSecretKeyRef(secretKeyRef);
}

function isSecretKeyRef(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && isFilled(value["name"]) && isOptional(value["key"], "string");
}

function isAuth(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return isObject(value) && isOptional(value["secretStore"], "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value === undefined || typeof value === type;
}
