import type { ComponentKind, ComponentLogger, Subscription } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";
import type { RunningComponent } from "../registry.js";

/** Something that is open on a component for longer than a call, such as a subscription. */
export interface HoldingOptions<K extends ComponentKind> {
  readonly kind: K;
  /** Name of the component. */
  readonly name: string;
  /** Opens it; called again with each component that takes the place of this one. */
  readonly open: (running: RunningComponent<K>) => Promise<Subscription>;
  /** Whether the old one must be closed before the new one opens: both at once would do everything twice. @defaultValue `false` */
  readonly oldFirst?: boolean;
}

/** What is open on components, so that it can move when one of them is replaced. */
export class Holdings {
  readonly #byComponent = new Map<string, Set<Holding>>();
  readonly #logger: ComponentLogger;

  constructor(logger: ComponentLogger) {
    this.#logger = logger;
  }

  /**
   * Opens something on a component, or waits for one of that name if there is none yet.
   *
   * @returns how to end it, wherever it is by then
   * @throws what opening throws
   */
  async open<K extends ComponentKind>(
    options: HoldingOptions<K>,
    running: RunningComponent<K> | undefined,
  ): Promise<Subscription> {
    const key = keyOf(options);
    // The component that it is opened on is of the kind that it asks for: both are part of the key.
    const holding = new Holding(options as unknown as HoldingOptions<ComponentKind>, this.#logger);
    const ofComponent = this.#byComponent.get(key) ?? new Set();
    this.#byComponent.set(key, ofComponent.add(holding));
    const close = async (): Promise<void> => {
      ofComponent.delete(holding);
      if (ofComponent.size === 0 && this.#byComponent.get(key) === ofComponent) this.#byComponent.delete(key);
      await holding.close();
    };
    try {
      if (running !== undefined) await holding.begin(running);
    } catch (error) {
      await close();
      throw error;
    }
    return { close };
  }

  /**
   * Opens on a component what was open on its predecessor of the same kind and name.
   *
   * @returns how to end what is left on the predecessor, once the component has its place
   * @throws the first failure; all is as before then
   */
  async moveTo(next: RunningComponent): Promise<() => Promise<void>> {
    const holdings = [...(this.#byComponent.get(keyOf(next)) ?? [])];
    const results = await Promise.allSettled(holdings.map((holding) => holding.prepare(next)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      await Promise.all(holdings.map((holding) => holding.giveUp()));
      throw failed.reason;
    }
    return async () => {
      await Promise.all(holdings.map((holding) => holding.commit(next)));
    };
  }

  /** Ends what is open on a component that goes away without a successor; it opens again when one comes. */
  async leave(running: RunningComponent): Promise<void> {
    const holdings = [...(this.#byComponent.get(keyOf(running)) ?? [])];
    if (holdings.length > 0) {
      this.#logger.warn(
        `component "${running.name}" is removed; ${String(holdings.length)} subscriptions to it wait for its return`,
      );
    }
    await Promise.all(holdings.map((holding) => holding.leave()));
  }
}

function keyOf({ kind, name }: { readonly kind: ComponentKind; readonly name: string }): string {
  return `${kind}/${name}`;
}

class Holding {
  readonly #options: HoldingOptions<ComponentKind>;
  readonly #logger: ComponentLogger;
  #current: Subscription | undefined;
  #next: Subscription | undefined;
  #beginning: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: HoldingOptions<ComponentKind>, logger: ComponentLogger) {
    this.#options = options;
    this.#logger = logger;
  }

  async begin(running: RunningComponent): Promise<void> {
    const opening = this.#options.open(running);
    // Who moves it meanwhile waits, and hears of a failure from nobody: it is closed then.
    this.#beginning = opening.then(
      (opened) => void (this.#current = opened),
      () => void (this.#isClosed = true),
    );
    await opening;
  }

  async prepare(next: RunningComponent): Promise<void> {
    await this.#beginning;
    if (this.#options.oldFirst === true || this.#isClosed) return;
    const opened = await this.#options.open(next);
    if (this.#hasClosed()) await opened.close();
    else this.#next = opened;
  }

  async giveUp(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    await next?.close().catch((error: unknown) => this.#report(error));
  }

  async commit(next: RunningComponent): Promise<void> {
    const old = this.#current;
    this.#current = this.#next;
    this.#next = undefined;
    await old?.close().catch((error: unknown) => this.#report(error));
    if (this.#options.oldFirst !== true || this.#isClosed) return;
    const opened = await this.#options.open(next).catch((error: unknown) => this.#report(error));
    if (this.#hasClosed()) await opened?.close();
    else this.#current = opened;
  }

  async leave(): Promise<void> {
    await this.#beginning;
    const old = this.#current;
    this.#current = undefined;
    await old?.close().catch((error: unknown) => this.#report(error));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#beginning;
    const open = [this.#current, this.#next];
    this.#current = this.#next = undefined;
    await Promise.all(open.map(async (one) => one?.close()));
  }

  /** It may have been closed while something opened. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }

  #report(error: unknown): undefined {
    this.#logger.error(
      `what was subscribed to component "${this.#options.name}" could not follow its change: ${messageOf(error)}`,
    );
    return undefined;
  }
}
