import { ownNamespace } from "../access/caller.js";

/** An app id and, after a dot, a namespace; what has more dots, slashes or colons is something else. */
const namespaced = /^(?<appId>[^./:]+)\.(?<namespace>[^./:]*)$/u;

/** The namespace that an id names; `undefined` if it names none. */
export function namespaceOf(id: string): string | undefined {
  return namespaced.exec(id)?.groups?.["namespace"];
}

/** The id of an app without the namespace of this runtime, if that is what it names after a dot (`shop.default`), as in daprd. */
export function localAppId(id: string): string {
  if (!id.includes(".")) return id;
  const { appId, namespace } = namespaced.exec(id)?.groups ?? {};
  return appId !== undefined && (namespace === "" || namespace === ownNamespace()) ? appId : id;
}
