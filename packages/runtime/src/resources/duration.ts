import { goDurationMs } from "@mecha/spec";

/** Milliseconds of a duration in Go's syntax (`500ms`, `1m30s`), as Dapr's resources write them; `undefined` if it is none, or negative. */
export function durationMs(text: string): number | undefined {
  const milliseconds = goDurationMs(text);
  return milliseconds !== undefined && milliseconds >= 0 ? milliseconds : undefined;
}
