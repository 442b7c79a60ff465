import type { ActorChannel, DaprHandlers, StreamedReply } from "@mecha/sdk-core/protocol";
import type { ProxyPolicy } from "../doors/grpc/grpc-proxy.js";
import type { RunningComponent } from "../registry.js";
import { guardActorCalls, guardActorHost } from "./guard-actors.js";
import { guardComponent } from "./guard-component.js";
import { guardInvocation } from "./guard-invocation.js";
import { InboundPolicy } from "./inbound-policy.js";
import { invokeByPolicy, type HttpInvocation, type SendInvocation } from "./invoke-by-policy.js";
import type { PolicyListener } from "./policy-reports.js";
import type { InboundKind, Resiliency } from "./resiliency.js";

/** Puts the policies of Resiliency resources around what they are for, once, when that begins to be used. */
export class Protection {
  /** Names of the resources. */
  readonly names: readonly string[];
  readonly #resiliency: Resiliency;

  constructor(resiliency: Resiliency) {
    this.names = resiliency.names;
    this.#resiliency = resiliency;
  }

  /** Lets somebody hear what the policies do. */
  listen(listener: PolicyListener): void {
    this.#resiliency.listen(listener);
  }

  /** A component whose calls of its backend are protected; the same one if no policy is for it. */
  component(running: RunningComponent): RunningComponent {
    const policy = this.#resiliency.outbound(running.name, running.kind);
    return policy === undefined ? running : guardComponent(running, policy);
  }

  /** Handlers whose calls of apps and actors are protected. */
  handlers(handlers: DaprHandlers): DaprHandlers {
    const { invokeService, invokeActor } = handlers;
    return {
      ...handlers,
      ...(invokeService !== undefined && { invokeService: guardInvocation(invokeService, this.#resiliency) }),
      ...(invokeActor !== undefined && { invokeActor: guardActorCalls(invokeActor, this.#resiliency) }),
    };
  }

  /** Makes a service invocation that came over HTTP. */
  invokeOverHttp(call: HttpInvocation, send: SendInvocation): Promise<StreamedReply> {
    const { id, invocation, context, readWhole } = call;
    const policy = this.#resiliency.endpoint(id, endpointOf(id, invocation.method));
    return policy === undefined ? send(invocation, context, readWhole) : invokeByPolicy(policy, call, send);
  }

  /** The policies of calls that are passed to the gRPC servers of apps. As in daprd, none is for those of the runtime's own app. */
  proxyPolicies(ownAppId: string): ProxyPolicy {
    return (appId, path) =>
      appId === ownAppId ? undefined : this.#resiliency.endpoint(appId, endpointOf(appId, path));
  }

  /** A host of actors whose turns are protected. */
  actorHost(host: ActorChannel): ActorChannel {
    return guardActorHost(host, this.#resiliency);
  }

  /** What calls of the app are protected by that a component brings; `undefined` for nothing. */
  inbound(name: string, kind: InboundKind): InboundPolicy | undefined {
    const policy = this.#resiliency.inbound(name, kind);
    return policy && new InboundPolicy(policy, kind);
  }
}

/** What has a circuit breaker of its own: a method of an app, a path of an address. */
function endpointOf(id: string, method: string): string {
  return /^https?:\/\//u.test(id) ? `${id}/${method}` : `${id}:${method}`;
}
