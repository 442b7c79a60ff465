import { MechaError } from "@mecha/spec";

/** Where a configuration item lies in Nacos. */
export interface NacosAddress {
  /** Namespace id; empty for the public namespace. */
  readonly tenant: string;
  readonly group: string;
  readonly dataId: string;
}

const legalName = /^[A-Za-z0-9_.:-]+$/;

/** The id under which Nacos's API knows a namespace: `public` and none are the same one, with an empty id. */
export function tenantOf(namespace: string | undefined): string {
  return namespace === undefined || namespace === "public" ? "" : namespace;
}

/**
 * Reads a key: `group/dataId`, or `tenant/group/dataId` where an empty tenant means the public namespace.
 *
 * @param tenant - namespace of a key that names none
 * @throws MechaError `INVALID_ARGUMENT` if a part is missing or has characters that Nacos does not allow
 */
export function parseNacosKey(key: string, tenant: string): NacosAddress {
  const parts = key.split("/");
  const [dataId, group, explicitTenant, ...rest] = parts.reverse();
  if (
    rest.length === 0 &&
    dataId !== undefined &&
    group !== undefined &&
    legalName.test(dataId) &&
    legalName.test(group)
  ) {
    const found = explicitTenant === undefined ? tenant : tenantOf(explicitTenant);
    if (found === "" || legalName.test(found)) return { tenant: found, group, dataId };
  }
  throw new MechaError(
    "INVALID_ARGUMENT",
    `"${key}" is no key of a Nacos configuration: write group/dataId or tenant/group/dataId, with letters, digits and _ - . : only`,
  );
}
