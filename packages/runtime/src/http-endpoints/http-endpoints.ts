import type { InvocationMembers } from "../app-channel/http-invocation.js";
import { createAgents, createEndpointClient, type EndpointTarget } from "./endpoint-client.js";
import { endpointInvocation } from "./endpoint-invocation.js";

/** The servers outside that this runtime calls, by their names and by addresses. */
export class HttpEndpoints {
  readonly #maxMessageBytes: number;
  readonly #named = new Map<string, InvocationMembers>();
  readonly #closes: (() => void)[] = [];
  /** What addresses have in common: they come from callers, so nothing is kept of a single one but its idle connections. */
  readonly #agents = createAgents({});

  constructor(named: ReadonlyMap<string, EndpointTarget>, maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#closes.push(() => this.#agents.close());
    for (const [name, target] of named) {
      const agents = createAgents(target.tls);
      this.#closes.push(() => agents.close());
      this.#named.set(name, endpointInvocation(name, createEndpointClient(target, agents), maxMessageBytes));
    }
  }

  /** What calls the server of a name, or else of an address. */
  find(id: string): InvocationMembers {
    return this.#named.get(id) ?? this.#at(id);
  }

  /** Ends the connections. Calls under way fail. */
  close(): void {
    for (const close of this.#closes) close();
  }

  #at(address: string): InvocationMembers {
    const client = createEndpointClient({ baseUrl: new URL(address), headers: {} }, this.#agents);
    return endpointInvocation(address, client, this.#maxMessageBytes);
  }
}
