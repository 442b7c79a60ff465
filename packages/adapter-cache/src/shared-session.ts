import { openAdapterSession, type AdapterSession } from "@mecha/adapter-kit";

/** A session whose connection to the runtime all links of one environment use. */
interface Shared {
  readonly owner: AdapterSession;
  users: number;
}

const shared = new Map<string, Shared>();

/** What decides which runtime a connection goes to. */
const deciding = ["MECHA_MODE", "DAPR_GRPC_ENDPOINT", "DAPR_GRPC_PORT", "DAPR_RESOURCES_PATHS", "MECHA_NAMESPACE"];

/**
 * Opens a session with rules and components as they are now, on the transport of whoever has one open already: clients of
 * one process share an engine, and so its batches, its channels and those who wait, by sharing the transport.
 *
 * @throws MechaError as `openAdapterSession` of `@mecha/adapter-kit`
 */
export async function shareSession(): Promise<AdapterSession> {
  const session = await openAdapterSession();
  const key = JSON.stringify([process.cwd(), ...deciding.map((name) => process.env[name] ?? "")]);
  const used = shared.get(key) ?? { owner: session, users: 0 };
  shared.set(key, used);
  used.users++;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    used.users--;
    // The first one's share stays until nobody uses its transport any more.
    if (session !== used.owner) await session.close();
    if (used.users > 0) return;
    if (shared.get(key) === used) shared.delete(key);
    await used.owner.close();
  };
  return { mecha: used.owner.mecha, routing: session.routing, close: () => (closing ??= close()) };
}
