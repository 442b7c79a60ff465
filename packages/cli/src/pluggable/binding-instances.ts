import { type ComponentDefinition, MechaError, type OutputBinding } from "@mecha/spec";
import { createLogger } from "@mecha/runtime";
import type { Properties, RememberedSettings } from "./remembered-settings.js";

/** Components of one type, one for each that daprd's YAML names. */
export class BindingInstances {
  readonly #definition: ComponentDefinition;
  readonly #remembered: RememberedSettings | undefined;
  readonly #instances = new Map<string, Promise<OutputBinding>>();
  #closed = false;

  constructor(definition: ComponentDefinition, remembered: RememberedSettings | undefined) {
    this.#definition = definition;
    this.#remembered = remembered;
  }

  /** Makes a component, in the place of one of the same name that was made before. */
  async initialise(instance: string, properties: Properties): Promise<void> {
    const before = this.#instances.get(instance);
    const made = this.#make(instance, properties);
    await made;
    this.#instances.set(instance, made);
    await this.#remembered?.keep(this.#definition.type, instance, properties);
    await closed(before);
  }

  /**
   * The component of that name; one that daprd configured before this process began is made again.
   *
   * @throws MechaError `FAILED_PRECONDITION` if daprd never said what it is to be like
   */
  get(instance: string): Promise<OutputBinding> {
    const known = this.#instances.get(instance);
    if (known !== undefined) return known;
    const made = this.#recall(instance);
    this.#instances.set(instance, made);
    // A backend that is down may be back for the next call.
    made.catch(() => {
      if (this.#instances.get(instance) === made) this.#instances.delete(instance);
    });
    return made;
  }

  /** Closes all of them. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#instances.values()];
    this.#instances.clear();
    await Promise.all(all.map(closed));
  }

  async #recall(instance: string): Promise<OutputBinding> {
    const properties = await this.#remembered?.recall(this.#definition.type, instance);
    if (properties !== undefined) return this.#make(instance, properties);
    throw new MechaError(
      "FAILED_PRECONDITION",
      `daprd has not configured "${instance}" since this process began; start daprd again`,
      { component: instance },
    );
  }

  async #make(instance: string, metadata: Properties): Promise<OutputBinding> {
    if (this.#closed) throw new MechaError("UNAVAILABLE", "the process that serves this component ends");
    const { type } = this.#definition;
    const component = await this.#definition.create({
      name: instance,
      type,
      metadata,
      appId: "",
      baseFolder: process.cwd(),
      logger: createLogger(instance),
    });
    if (isOutputBinding(component)) return component;
    await component.close?.();
    throw new MechaError("CONFIGURATION_INVALID", `${type} is no output binding, which is what is served here`);
  }
}

function isOutputBinding(component: object): component is OutputBinding {
  return "operations" in component && "invoke" in component;
}

async function closed(binding: Promise<OutputBinding> | undefined): Promise<void> {
  const component = await binding?.catch(() => undefined);
  await component?.close?.();
}
