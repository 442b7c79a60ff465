import { isIP } from "node:net";
import { MechaError } from "@mecha/spec";
import { hostAddress, readHostAddress } from "./host-address.js";
import type { LookUp } from "./look-up.js";

/** What DNS says of names that do not exist, and of those that cannot. */
const notThere: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA", "NXDOMAIN", "EBADNAME"]);

/**
 * Looks up where the runtimes of a name are: `host:port` by its addresses, a name without a port by its services (SRV).
 *
 * @returns nothing for a name that does not exist
 * @throws MechaError `UNAVAILABLE` if DNS does not answer
 */
export async function resolveByDns(name: string, lookUp: LookUp): Promise<readonly string[]> {
  const { host, port } = readHostAddress(name) ?? {};
  try {
    if (host === undefined) return [];
    if (port !== undefined) return await addressesOf(host, port, lookUp);
    const services = (await lookUp.services?.(host)) ?? [];
    const found = await Promise.all(services.map((service) => addressesOf(service.name, service.port, lookUp)));
    return found.flat();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && notThere.has(cause.code)) return [];
    throw new MechaError("UNAVAILABLE", `DNS does not say where ${name} is: ${String(cause)}`, {
      operation: "names.resolve",
      cause,
    });
  }
}

async function addressesOf(host: string, port: number, { addresses }: LookUp): Promise<readonly string[]> {
  const found = isIP(host) === 0 ? await addresses(host) : [host];
  return found.map((address) => hostAddress(address, port));
}
