import { MechaError } from "@mecha/spec";
import type { ScriptHost } from "./script-host.js";

let host: ScriptHost | undefined;
let loading: Promise<void> | undefined;

/** Loads Lua, unless it is there. */
export function prepareHost(): Promise<void> | undefined {
  if (host !== undefined) return undefined;
  loading ??= load().finally(() => {
    loading = undefined;
  });
  return loading;
}

/** The host that was loaded before. */
export function requireHost(): ScriptHost {
  if (host === undefined) throw new MechaError("INTERNAL", "A script runs before Lua was loaded");
  return host;
}

async function load(): Promise<void> {
  const { loadScriptHost } = await import("./script-host.js");
  host = await loadScriptHost();
}
