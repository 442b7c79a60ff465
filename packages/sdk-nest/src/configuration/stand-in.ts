import type { Mecha } from "@mecha/sdk-core";

/** ESM and CommonJS copies of this package have it in common. */
const key = Symbol.for("mecha.nest.stand-in/1");
const holder = globalThis as { [key]?: Mecha | undefined };

/** The connection that loaders take in a test; they are called before any module is there to tell them. */
export function standIn(): Mecha | undefined {
  return holder[key];
}

/** Has loaders take a connection from now on; the result ends that, unless another one was put in its place. */
export function putStandIn(mecha: Mecha): () => void {
  holder[key] = mecha;
  return () => {
    if (holder[key] === mecha) holder[key] = undefined;
  };
}
