import { MechaError } from "@mecha/sdk-core";
import type { CacheAddress } from "../cache-link.js";

const defaultPort = 6379;

/**
 * Reads a URL as clients of Redis do: `redis://user:password@host:port/db`. Who one is there is for the component to say.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a text that is no such URL
 */
export function readAddress(url: string): CacheAddress {
  const { protocol, hostname, port, pathname } = parse(url);
  const db = pathname.length > 1 ? Number(pathname.slice(1)) : 0;
  if ((protocol !== "redis:" && protocol !== "rediss:") || !Number.isInteger(db) || db < 0) throw invalid();
  const host = hostname.replace(/^\[(.+)\]$/u, "$1");
  return { host: host === "" ? "localhost" : host, port: port === "" ? defaultPort : Number(port), db };
}

function parse(url: string): URL {
  if (!URL.canParse(url)) throw invalid();
  return new URL(url);
}

/** Without the text itself, in which a password may stand. */
function invalid(): MechaError {
  return new MechaError("INVALID_ARGUMENT", "The address of a cache is a URL such as redis://host:6379/0", {
    operation: "keyv.open",
  });
}
