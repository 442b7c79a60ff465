import type { Outbox, OutboxContext } from "./outbox.js";
import { readOutboxSettings } from "./outbox-settings.js";

/**
 * Opens the outboxes of the state stores that have one; loads nothing where none has.
 *
 * @throws MechaError as {@link Outbox.open}; all components are closed then
 */
export async function openOutbox(context: OutboxContext): Promise<Outbox | undefined> {
  const settings = readOutboxSettings(context.registry);
  if (settings.length === 0) return undefined;
  try {
    const { Outbox: Loaded } = await import("./outbox.js");
    return await Loaded.open(context, settings);
  } catch (error) {
    await context.registry.close();
    throw error;
  }
}
