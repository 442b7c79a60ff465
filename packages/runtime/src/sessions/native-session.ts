import type { Duplex } from "node:stream";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError, type NativeSession, type NativeSessionOptions } from "@mecha/spec";
import { outputOf } from "../bindings/binding-direction.js";
import { componentFailure } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";

/** Component kinds whose backends may have a protocol of their own. */
type SessionKind = "state" | "bindings";

type SessionComponent = RunningComponent<SessionKind>;

/** Opens a session of one component. */
type OpenSession = (options: NativeSessionOptions) => Promise<NativeSession>;

/**
 * Opens a session in the own protocol of a state store or an output binding, under the rules of the component's YAML. Metadata:
 * `component`, optionally `database`. When the component is replaced, the session goes on with the new one.
 *
 * @throws MechaError `UNIMPLEMENTED` for a component that has no such protocol.
 */
export async function openNativeSession(registry: Registry, appId: string, metadata: Metadata): Promise<Duplex> {
  const { component: name = "", database } = metadata;
  const running = findComponent(registry, name);
  if (database !== undefined && !/^\d+$/.test(database)) {
    throw new MechaError("INVALID_ARGUMENT", `"${database}" is no number of a database`, { component: name });
  }
  const options = database === undefined ? {} : { database: Number(database) };
  const { protocol, stream } = await openOn(running, options);
  return protocol === "resp" ? serve(stream, { registry, appId, running, options }) : stream;
}

/** How to open sessions of a component, if it has any. */
export function openerOf(running: RunningComponent): OpenSession | undefined {
  // The kind says which contract a component keeps.
  const { component } =
    running.kind === "state"
      ? (running as RunningComponent<"state">)
      : { component: running.kind === "bindings" ? outputOf(running as RunningComponent<"bindings">) : undefined };
  return component?.openSession?.bind(component);
}

/** A state store of that name, or else a binding. */
function findComponent(registry: Registry, name: string): SessionComponent {
  const running = registry.find("state", name) ?? registry.find("bindings", name) ?? registry.get("state", name);
  if (openerOf(running) !== undefined) return running;
  throw new MechaError("UNIMPLEMENTED", `The component ${name} (${running.type}) has no protocol of its own to speak`, {
    component: name,
  });
}

async function openOn(running: SessionComponent, options: NativeSessionOptions): Promise<NativeSession> {
  const { name, kind, type } = running;
  const open = openerOf(running);
  if (open === undefined) {
    throw new MechaError("UNIMPLEMENTED", `The component ${name} (${type}) has no protocol of its own any more`, {
      component: name,
    });
  }
  try {
    return await open(options);
  } catch (thrown) {
    const failure = kind === "state" ? "stateGet" : "bindingInvoke";
    throw componentFailure(failure, `failed opening a session with ${name}`, thrown, name);
  }
}

interface ServeOptions {
  readonly registry: Registry;
  readonly appId: string;
  readonly running: SessionComponent;
  readonly options: NativeSessionOptions;
}

async function serve(stream: Duplex, { registry, appId, running, options }: ServeOptions): Promise<Duplex> {
  // Most apps have no such sessions.
  const { readSessionPolicy, serveRespSession } = await import("./resp/serve-resp-session.js");
  try {
    const session = serveRespSession(stream, readSessionPolicy(running, appId));
    const held = await registry.hold({
      kind: running.kind,
      name: running.name,
      async open(current) {
        const server = current === running ? stream : (await openOn(current, options)).stream;
        if (current !== running) session.offer(server, readSessionPolicy(current, appId));
        return { close: async () => session.release(server) };
      },
    });
    session.once("close", () => void held.close());
    // It was replaced while the session was opened.
    if (registry.find(running.kind, running.name) !== running) session.release(stream);
    return session;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
