import type { CallContext } from "@mecha/sdk-core/protocol";

const ignore = (): void => undefined;

/** The context of calls that the runtime makes of itself: nobody gives them up. */
export const backgroundContext: CallContext = {
  metadata: {},
  signal: new AbortController().signal,
  peer: "runtime",
  setHeader: ignore,
  setTrailer: ignore,
};
