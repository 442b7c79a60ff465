import { inspect } from "node:util";
import { MechaError, type Component, type ComponentLogger, type Secret } from "@mecha/spec";
import { closeComponents, type RunningComponent } from "../registry.js";
import type { ComponentResource } from "../resources/component-resource.js";
import { resolveSettings } from "../resources/resolve-settings.js";
import { resourceError } from "../resources/resource-error.js";
import { stateExtras } from "../state/state-extras.js";
import { findSecretStores } from "./find-secret-stores.js";
import { messageOf } from "../errors/dapr-error.js";
import { kindOf } from "./component-kinds.js";
import { loadDefinition, type Catalogue } from "./load-definition.js";

/** What components are started with. */
export interface StartContext {
  readonly appId: string;
  /** Folder against which components resolve relative paths. */
  readonly baseFolder: string;
  readonly catalogue: Catalogue;
  /** Makes the logger of one component. */
  readonly loggerFor: (name: string) => ComponentLogger;
  /** Puts around a component what shall be around its calls, once, when it has started. @defaultValue nothing */
  readonly wrap?: (running: RunningComponent) => RunningComponent | Promise<RunningComponent>;
}

/** Components to start, and what they may take their secrets from. */
export interface StartPlan {
  readonly start: readonly ComponentResource[];
  /** All components of the folder, those to start among them. */
  readonly all: readonly ComponentResource[];
  /** Finds one that runs already and is not among those to start. */
  readonly running: (name: string) => RunningComponent | undefined;
}

/**
 * Starts components, in parallel; one that takes secrets waits for its secret store.
 *
 * @throws MechaError that names component, file and line if one fails whose YAML does not say `ignoreErrors`. What had started is closed.
 */
export async function startComponents(
  resources: readonly ComponentResource[],
  context: StartContext,
): Promise<readonly RunningComponent[]> {
  const results = await startEach({ start: resources, all: resources, running: () => undefined }, context);
  const running = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = firstFailure(resources, results, context);
  if (failure === undefined) return running;
  await closeComponents(running.map(({ component }) => component)).catch(() => undefined);
  throw failure;
}

/**
 * Starts the components of a plan, in parallel, each for itself: gives what became of each, in their order.
 *
 * @throws MechaError for a secret store that is not there
 */
export async function startEach(
  { start: wanted, all, running }: StartPlan,
  context: StartContext,
): Promise<readonly PromiseSettledResult<RunningComponent>[]> {
  const secretStores = findSecretStores(all);
  const starting = new Map<string, Promise<RunningComponent>>();

  const start = (resource: ComponentResource): Promise<RunningComponent> => {
    const known = starting.get(resource.name);
    if (known !== undefined) return known;
    const store = secretStores.get(resource);
    const lookUpSecret = async (secret: string): Promise<Secret | undefined> => {
      if (store === undefined) return undefined;
      const { component } = (wanted.includes(store) ? undefined : running(store.name)) ?? (await start(store));
      // findSecretStores has said that this component is a secret store.
      return (component as RunningComponent<"secretstores">["component"]).get(secret);
    };
    const started = startComponent(resource, context, lookUpSecret);
    starting.set(resource.name, started);
    return started;
  };

  return Promise.allSettled(wanted.map(start));
}

/** Why the open fails, if it does. What `startComponent` rejects with is a MechaError. */
function firstFailure(
  resources: readonly ComponentResource[],
  results: readonly PromiseSettledResult<RunningComponent>[],
  context: StartContext,
): MechaError | undefined {
  for (const [index, result] of results.entries()) {
    const resource = resources[index];
    if (result.status === "fulfilled" || resource === undefined) continue;
    if (!resource.ignoreErrors) return MechaError.from(result.reason);
    context.loggerFor(resource.name).warn(`is left out, as its ignoreErrors says: ${messageOf(result.reason)}`);
  }
  return undefined;
}

async function startComponent(
  resource: ComponentResource,
  context: StartContext,
  lookUpSecret: (secret: string) => Promise<Secret | undefined>,
): Promise<RunningComponent> {
  const definition = await loadDefinition(resource, context);
  const kind = kindOf(resource.type);
  if (kind === undefined)
    throw resourceError(resource.document, ["spec", "type"], `components of type ${resource.type} are not served here`);
  const metadata = await resolveSettings(resource, { appId: context.appId, lookUpSecret });
  const { name, type, version } = resource;
  const { appId, baseFolder } = context;
  const extras = kind === "state" ? await stateExtras(resource, metadata) : {};
  // A component may also throw at once.
  const create = async () =>
    definition.create({ name, type, metadata, appId, baseFolder, logger: context.loggerFor(name) });
  const component = await withinTimeout(create(), resource).catch((cause: unknown) => {
    throw startFailure(resource, withoutSecrets(cause, secretsOf(resource, metadata)));
  });
  const running = { name, kind, type, version, metadata, component, ...extras };
  return context.wrap === undefined ? running : context.wrap(running);
}

/** A component that becomes ready after its time is closed again. */
async function withinTimeout<C extends Component>(created: Promise<C>, resource: ComponentResource): Promise<C> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      created.then((late) => late.close?.()).catch(() => undefined);
      reject(
        new MechaError(
          "DEADLINE_EXCEEDED",
          `it was not ready after ${String(resource.initTimeoutMs)} ms. Is its backend reachable? "spec.initTimeout" gives it longer.`,
        ),
      );
    }, resource.initTimeoutMs);
  });
  try {
    return await Promise.race([created, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function startFailure(resource: ComponentResource, cause: unknown): MechaError {
  const { document, name, type } = resource;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = MechaError.is(cause) ? cause.code : "UNKNOWN";
  return new MechaError(
    code,
    `${document.locate(pathOf(resource, cause))}: Component "${name}" (${type}) could not start: ${reason}`,
    {
      component: name,
      operation: "component.start",
      cause,
      ...(MechaError.is(cause) && { metadata: cause.metadata }),
    },
  );
}

/** The values that came from a secret store. */
function secretsOf({ settings }: ComponentResource, metadata: Readonly<Record<string, string>>): readonly string[] {
  const secret = settings.filter(({ value, envRef, secretKeyRef }) => !value && !envRef && secretKeyRef !== undefined);
  return secret.map(({ name }) => metadata[name] ?? "").filter((value) => value !== "");
}

/** What a component threw, or the same without the secrets that it quotes: a wrong value is quoted, and may be in the wrong key. */
function withoutSecrets(thrown: unknown, secrets: readonly string[]): unknown {
  const everything = inspect(thrown, { depth: 20, showHidden: true });
  if (!secrets.some((secret) => everything.includes(secret))) return thrown;
  const redact = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text);
  const { code, component, operation, metadata } = MechaError.from(thrown);
  return new MechaError(code, redact(thrown instanceof Error ? thrown.message : String(thrown)), {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, redact(value)])),
    ...(component !== undefined && { component }),
    ...(operation !== undefined && { operation }),
  });
}

/** The line of the metadata entry that a component complains of, else of its type. */
function pathOf(resource: ComponentResource, cause: unknown): readonly (string | number)[] {
  const key = MechaError.is(cause) ? cause.metadata["key"] : undefined;
  const index = resource.settings.findIndex((setting) => setting.name.toLowerCase() === key?.toLowerCase());
  return index < 0 ? ["spec", "type"] : ["spec", "metadata", index];
}
