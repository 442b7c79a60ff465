import { posix } from "node:path";
import { common, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AccessControlSettings, CallerPolicy, OperationRule } from "./access-control-settings.js";
import { callerOf } from "./caller.js";
import { deniedReason } from "./denied-reason.js";
import { OperationTree } from "./operation-tree.js";

/** Lets a call of another app in, or throws `PERMISSION_DENIED`. */
export interface AccessControl {
  /** Service invocation. */
  readonly admitInvocation: (request: common.InvokeRequest, metadata: Metadata) => void;
  /** A proxied call of a gRPC service. @param path - `/package.Service/Method` */
  readonly admitGrpc: (path: string, metadata: Metadata) => void;
}

/**
 * Makes the access control of an app, which its own runtime holds against callers, as daprd. Names of operations of HTTP apps have
 * no case there, and verbs count only for these.
 *
 * The caller is who its runtime says: daprd has a certificate for that; here it is a process of the same user, or one that has the
 * token of peers. All of them are in the trust domain of the Configuration.
 */
export function createAccessControl(settings: AccessControlSettings, isHttpApp: boolean): AccessControl {
  const policies = new Map(settings.policies.map((policy) => [keyOf(policy), treeOf(policy, isHttpApp)]));

  const decide = (operation: string, verb: string, metadata: Metadata): boolean => {
    const policy = policies.get(keyOf(callerOf(metadata)));
    if (policy?.trustDomain !== settings.trustDomain) return settings.allowsByDefault;
    const byDefault = policy.defaultAction === "" ? settings.allowsByDefault : isAllowed(policy.defaultAction);
    const rule = policy.tree.find(isHttpApp ? operation.toLowerCase() : operation);
    if (rule === undefined) return byDefault;
    if (!isHttpApp) return isAllowed(rule.action);
    if (verb === "NONE") return isAllowed(policy.defaultAction);
    return rule.verbs.includes(verb) || rule.verbs.includes("*") ? isAllowed(rule.action) : byDefault;
  };

  const admit = (said: string, operations: readonly string[], verb: string, metadata: Metadata): void => {
    if (operations.every((operation) => decide(operation, verb, metadata))) return;
    const { appId, namespace } = callerOf(metadata);
    const id = `spiffe://${settings.trustDomain}/ns/${namespace}/${appId}`;
    throw new MechaError(
      "PERMISSION_DENIED",
      `access control policy has denied access to id: ${id} operation: ${said} verb: ${verb}`,
      { reason: deniedReason, operation: "invocation.admit", httpStatus: 403 },
    );
  };

  return {
    admitInvocation({ method, httpExtension }, metadata) {
      const verb = isHttpApp ? (common.HTTPExtension_Verb[httpExtension?.verb ?? 0] ?? "NONE") : "NONE";
      admit(method, operationsOf(method), verb, metadata);
    },
    admitGrpc(path, metadata) {
      admit(path, [path], "NONE", metadata);
    },
  };
}

interface TreePolicy extends CallerPolicy {
  readonly tree: OperationTree<OperationRule>;
}

function treeOf(policy: CallerPolicy, isHttpApp: boolean): TreePolicy {
  const tree = new OperationTree<OperationRule>();
  for (const rule of policy.operations) tree.add(isHttpApp ? rule.name.toLowerCase() : rule.name, rule);
  return { ...policy, tree };
}

function keyOf({ appId, namespace }: Pick<CallerPolicy, "appId" | "namespace">): string {
  return `${appId}||${namespace}`;
}

function isAllowed(action: string): boolean {
  return action.toLowerCase() === "allow";
}

/**
 * The operations that an app may take a method for: escapes decoded, dots resolved. Where servers differ in how far they go with
 * that, each of them has to be allowed.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a method that cannot be one
 */
function operationsOf(method: string): readonly string[] {
  const { pathname } = new URL(`http://app.invalid/${method.replace(/^\/+/u, "")}`);
  const decoded = decode(pathname);
  // eslint-disable-next-line no-control-regex -- control characters are what it finds
  if (decoded === undefined || /[#?\u0000-\u001f\u007f]/u.test(decoded)) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `invalid method: it has characters that cannot be in one: ${JSON.stringify(method)}`,
      {
        operation: "invocation.admit",
        httpStatus: 400,
      },
    );
  }
  return [...new Set([pathname, decoded, posix.normalize(decoded)].map((path) => path.replace(/(?<=.)\/+$/u, "")))];
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
