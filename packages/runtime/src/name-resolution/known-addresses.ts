import { MechaError, type NameResolver, type ResolveRequest } from "@mecha/spec";
import { daprError, messageOf } from "../errors/dapr-error.js";
import { ownNamespace } from "../access/caller.js";

/** How long what a resolver said is believed, in milliseconds; an address at which nobody answers is forgotten at once. */
const believedMs = 5_000;

interface Known {
  readonly addresses: readonly string[];
  readonly atMs: number;
}

/** What a resolver said of apps a moment ago. If it cannot say more just now, what it said last holds. */
export class KnownAddresses {
  readonly #resolver: NameResolver;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<readonly string[]>>();
  #turn = Math.floor(Math.random() * 1_024);

  constructor(resolver: NameResolver) {
    this.#resolver = resolver;
  }

  /**
   * The addresses of an app, each time beginning with another one; empty if the resolver does not know the app.
   *
   * @throws MechaError `INTERNAL` (`ERR_DIRECT_INVOKE`) if it cannot say and never could
   */
  async of(id: string): Promise<readonly string[]> {
    const known = this.#known.get(id);
    const isFresh = known !== undefined && performance.now() - known.atMs < believedMs;
    const addresses = isFresh ? known.addresses : await this.#ask(id, known);
    if (addresses.length < 2) return addresses;
    const first = this.#turn++ % addresses.length;
    return [...addresses.slice(first), ...addresses.slice(0, first)];
  }

  /** Asks again before the next call of an app. */
  forget(id: string): void {
    const known = this.#known.get(id);
    if (known !== undefined) this.#known.set(id, { ...known, atMs: Number.NEGATIVE_INFINITY });
  }

  #ask(id: string, known: Known | undefined): Promise<readonly string[]> {
    const underWay = this.#asking.get(id);
    if (underWay !== undefined) return underWay;
    const asking = this.#resolve(id, known).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #resolve(id: string, known: Known | undefined): Promise<readonly string[]> {
    try {
      const addresses = await this.#resolver.resolve(requestOf(id));
      // Ids come from callers: those that lead nowhere are not kept.
      if (addresses.length > 0) this.#known.set(id, { addresses, atMs: performance.now() });
      else this.#known.delete(id);
      return addresses;
    } catch (cause) {
      if (known !== undefined) return known.addresses;
      if (MechaError.is(cause) && cause.reason === "ERR_DIRECT_INVOKE") throw cause;
      throw daprError("directInvoke", `failed to invoke, id: ${id}, err: ${messageOf(cause)}`, {
        operation: "invocation.invoke",
        cause,
      });
    }
  }
}

/** `app.namespace` is an app of another namespace, as in daprd. */
function requestOf(id: string): ResolveRequest {
  const parts = id.split(".");
  const [appId = "", namespace = ownNamespace()] = parts;
  if (parts.length <= 2) return { appId, namespace };
  throw daprError("directInvoke", `failed to invoke, id: ${id}, err: invalid app id ${id}`, {
    operation: "invocation.invoke",
  });
}
