import { createRequire } from "node:module";
import type { connect as Connect } from "@mecha/sdk-core";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** What the probe is told. */
export interface CompareAndSwapInput {
  /** Name of the state store. */
  readonly store: string;
  /** How many callers increment one key, each one increment at a time. */
  readonly clients: number;
  readonly load: Load;
}

const require = createRequire(__filename);

async function main({ store, clients, load }: CompareAndSwapInput): Promise<void> {
  // What an app would write without the adapter, with the package that the drop-in brings along.
  const { connect } = require("@mecha/sdk-core") as { connect: typeof Connect };
  const mecha = await connect();
  const state = mecha.state<number>(store);
  await state.save("hot", 0);
  const increment = async (): Promise<void> => {
    for (;;) {
      const found = await state.get("hot");
      try {
        await state.save("hot", (found?.value ?? 0) + 1, found === undefined ? {} : { etag: found.etag });
        return;
      } catch (error) {
        // Somebody else was first: again, at once.
        if ((error as { readonly code?: string }).code !== "ETAG_MISMATCH") throw error;
      }
    }
  };
  const { ops } = await measureLoad(increment, { ...load, inFlight: clients });
  say({ ops });
}

void main(readInput());
