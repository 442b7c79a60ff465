import { MechaError, type State } from "@mecha/sdk-core";

/** Changes a value that others change too: whoever comes second does it again on what the first has left. */
export async function change<T>(store: State<T>, key: string, edit: (value: T | undefined) => T): Promise<void> {
  for (;;) {
    const found = await store.get(key);
    try {
      const condition = found === undefined ? { concurrency: "first-write" as const } : { etag: found.etag };
      await store.save(key, edit(found?.value), condition);
      return;
    } catch (error) {
      if (!MechaError.is(error) || error.code !== "ETAG_MISMATCH") throw error;
    }
  }
}
