import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ComponentLogger } from "@mecha/spec";
import type { AppCalls } from "../app-calls/app-calls.js";
import { startEach, type StartContext } from "../components/start-components.js";
import { messageOf } from "../errors/dapr-error.js";
import { closeComponents, type Registry, type RunningComponent } from "../registry.js";
import type { ComponentResource } from "../resources/component-resource.js";
import { openResiliency } from "../resiliency/open-resiliency.js";
import { readConfigurationFile } from "../resources/configuration-resource.js";
import { readResources, type Resources } from "../resources/read-resources.js";
import { findChanges, needsRestart } from "./resource-changes.js";

/** What a runtime is that follows its resource folders. */
export interface ReloadContext {
  readonly paths: readonly string[];
  /** What it was started with. */
  readonly resources: Resources;
  readonly start: StartContext;
  readonly registry: Registry;
  readonly appCalls: Pick<AppCalls, "declare" | "addBinding">;
  /** File with the Configuration. */
  readonly configFile: string | undefined;
  /** Its text when the runtime was started; empty for none. */
  readonly configuration: Promise<string>;
  /** Starts the runtime again, as these kinds of resources have changed, which are read at the start alone. @defaultValue a warning says so */
  readonly restart: ((kinds: readonly string[]) => void) | undefined;
  /** Resolves when the calls that are under way now have ended. */
  readonly callsEnded: () => Promise<void>;
  readonly logger: ComponentLogger;
}

/** Who empties a file mostly writes it again at once; how long that may take, in milliseconds. */
const rewriteMs = 500;

/**
 * Brings a runtime to what its resource folders say. A component that has changed starts first, then calls go to it, then the old one
 * closes; one that does not start, and files that cannot be read, leave all as it was.
 */
export class Reloader {
  readonly #context: ReloadContext;
  /** The resources of the components that are in use, by name. */
  readonly #inUse: Map<string, ComponentResource>;
  #last: Resources;
  #configuration: Promise<string>;
  #running: Promise<void> | undefined;
  #isStale = false;
  #isClosed = false;

  constructor(context: ReloadContext) {
    this.#context = context;
    this.#last = context.resources;
    this.#configuration = context.configuration;
    this.#inUse = new Map(context.resources.components.map((resource) => [resource.name, resource]));
  }

  /** Reads the folders and follows them. What changes meanwhile is followed by a further round. */
  reload(): Promise<void> {
    this.#isStale = true;
    return (this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
    }));
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #rounds(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      const resources = await this.#settled();
      if (resources !== undefined && !this.#hasClosed()) await this.#follow(resources);
    }
  }

  /** The runtime may be closed while something is awaited. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }

  /** What the folders hold. A component that is missing is looked for once more: its file may have been empty for a moment. */
  async #settled(): Promise<Resources | undefined> {
    const resources = await this.#read();
    const names = new Set(resources?.components.map(({ name }) => name));
    if (resources === undefined || [...this.#inUse.keys()].every((name) => names.has(name))) return resources;
    await delay(rewriteMs, undefined, { ref: false });
    return this.#hasClosed() ? undefined : this.#read();
  }

  async #read(): Promise<Resources | undefined> {
    const { paths, configFile, start, logger } = this.#context;
    try {
      const resources = await readResources(paths, start.appId);
      await openResiliency(resources.resiliencies, logger);
      if (configFile !== undefined) await readConfigurationFile(configFile);
      return resources;
    } catch (error) {
      logger.error(`the resources have changed and are not right, so all stays as it was: ${messageOf(error)}`);
      return undefined;
    }
  }

  async #follow(resources: Resources): Promise<void> {
    const { appCalls, logger } = this.#context;
    const last = this.#last;
    this.#last = resources;
    if (await this.#restarts(last, resources)) return;
    const { changed, removed, refused } = findChanges(this.#inUse, resources.components);
    for (const { resource, reason } of refused) {
      logger.warn(
        `${resource.document.locate([])}: component "${resource.name}" has changed, which the next start takes up: ${reason}`,
      );
    }
    if (changed.length > 0) await this.#start(changed, resources);
    for (const { name } of removed) this.#remove(name);
    if (JSON.stringify(last.subscriptions) === JSON.stringify(resources.subscriptions)) return;
    logger.info("the declared subscriptions have changed");
    await appCalls.declare(resources.subscriptions);
  }

  /** Whether the runtime is started again: then there is nothing more to do. */
  async #restarts(last: Resources, resources: Resources): Promise<boolean> {
    const { configFile, restart, logger } = this.#context;
    const before = { ...last, configuration: await this.#configuration };
    this.#configuration = configFile === undefined ? Promise.resolve("") : readFile(configFile, "utf8");
    const kinds = needsRestart(before, { ...resources, configuration: await this.#configuration });
    if (kinds.length > 0 && restart !== undefined) {
      restart(kinds);
      return true;
    }
    for (const kind of kinds)
      logger.warn(`resources of kind ${kind} have changed; they are taken up by the next start`);
    return false;
  }

  async #start(changed: readonly ComponentResource[], { components }: Resources): Promise<void> {
    const { registry, start, logger } = this.#context;
    const running = (name: string): RunningComponent | undefined => registry.find("secretstores", name);
    try {
      const results = await startEach({ start: changed, all: components, running }, start);
      for (const [index, result] of results.entries()) {
        const resource = changed[index];
        if (resource === undefined) continue;
        if (result.status === "fulfilled") await this.#use(resource, result.value);
        else this.#report(resource, result.reason);
      }
    } catch (error) {
      logger.error(`components have changed and are not right, so all stays as it was: ${messageOf(error)}`);
    }
  }

  async #use(resource: ComponentResource, running: RunningComponent): Promise<void> {
    const { registry, appCalls, callsEnded, logger } = this.#context;
    const old = this.#find(resource.name);
    try {
      await registry.replace(running, callsEnded);
    } catch (error) {
      this.#report(resource, error);
      await closeComponents([running.component]).catch(() => undefined);
      return;
    }
    this.#inUse.set(resource.name, resource);
    if (old !== undefined && old.kind !== running.kind) registry.remove(old, callsEnded);
    logger.info(`component "${resource.name}" (${resource.type}) is ${old === undefined ? "added" : "replaced"}`);
    // What is registered under a kind is of that kind.
    if (running.kind === "bindings") await appCalls.addBinding(running as RunningComponent<"bindings">);
  }

  #remove(name: string): void {
    const { registry, callsEnded, logger } = this.#context;
    this.#inUse.delete(name);
    const running = this.#find(name);
    if (running === undefined) return;
    registry.remove(running, callsEnded);
    logger.info(`component "${name}" (${running.type}) is removed`);
  }

  #find(name: string): RunningComponent | undefined {
    return this.#context.registry.all.find((running) => running.name === name);
  }

  #report({ name }: ComponentResource, reason: unknown): void {
    const state = this.#find(name) === undefined ? "is left out" : "stays as it was";
    this.#context.logger.error(`component "${name}" ${state}: ${messageOf(reason)}`);
  }
}
