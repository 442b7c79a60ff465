import type { ComponentLogger } from "@mecha/spec";

const ignore = (): void => undefined;

/** A logger that says nothing. */
export const silentLogger: ComponentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
