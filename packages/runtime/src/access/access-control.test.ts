import { common } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { accessControlOf } from "./access-control-schema.js";
import type { AccessControlSettings } from "./access-control-settings.js";
import { createAccessControl } from "./access-control.js";

const verbs = common.HTTPExtension_Verb;

const policies = [
  {
    appId: "shop",
    namespace: "default",
    trustDomain: "public",
    defaultAction: "deny",
    operations: [
      { name: "/orders/*", httpVerb: ["GET", "PUT"], action: "allow" },
      { name: "Pay", httpVerb: ["*"], action: "allow" },
      { name: "/shop.Shop/Buy", action: "allow" },
    ],
  },
  { appId: "far", namespace: "abroad", trustDomain: "public", defaultAction: "allow" },
  { appId: "foreign", namespace: "default", trustDomain: "elsewhere", defaultAction: "allow" },
];

function settings(section: Parameters<typeof accessControlOf>[0]): AccessControlSettings {
  const read = accessControlOf(section);
  if (read === undefined) throw new Error("nothing is restricted");
  return read;
}

const denying = settings({ defaultAction: "deny", policies });

interface Call {
  readonly from?: string;
  readonly namespace?: string;
  readonly method: string;
  readonly verb?: keyof typeof verbs;
}

function isAdmitted({ from = "shop", namespace = "default", method, verb = "GET" }: Call, isHttpApp = true): boolean {
  const { admitInvocation } = createAccessControl(denying, isHttpApp);
  const metadata = { "dapr-caller-app-id": from, "dapr-caller-namespace": namespace };
  try {
    admitInvocation({ method, contentType: "", httpExtension: { verb: verbs[verb], querystring: "" } }, metadata);
    return true;
  } catch {
    return false;
  }
}

test.each<[Call, boolean]>([
  [{ method: "orders/1" }, true],
  [{ method: "ORDERS/1" }, true],
  [{ method: "orders/1", verb: "DELETE" }, false],
  [{ method: "orders/1/items" }, false],
  [{ method: "pay", verb: "POST" }, true],
  [{ method: "other" }, false],
  [{ method: "orders/%2e%2e/admin" }, false],
  [{ method: "orders/..%2fadmin" }, false],
  [{ method: "orders/%31" }, true],
  [{ method: "%6frders/1" }, false],
  [{ method: "orders/%zz" }, false],
  [{ method: "orders/1", namespace: "abroad" }, false],
  [{ from: "far", namespace: "abroad", method: "other" }, true],
  [{ from: "foreign", method: "other" }, false],
  [{ from: "nobody", method: "orders/1" }, false],
])("an HTTP app takes %j: %s", (call, expected) => {
  expect(isAdmitted(call)).toBe(expected);
});

test("a gRPC app has names with case, and verbs do not count", () => {
  expect(isAdmitted({ method: "orders/1", verb: "DELETE" }, false)).toBe(true);
  expect(isAdmitted({ method: "pay" }, false)).toBe(false);
  const { admitGrpc } = createAccessControl(denying, false);
  admitGrpc("/shop.Shop/Buy", { "dapr-caller-app-id": "shop" });
  expect(() => admitGrpc("/shop.Shop/Sell", { "dapr-caller-app-id": "shop" })).toThrow(
    "access control policy has denied access to id: spiffe://public/ns/default/shop operation: /shop.Shop/Sell verb: NONE",
  );
});

test("policies without a general action deny all others; a section that says nothing denies nobody", () => {
  expect(settings({ policies }).allowsByDefault).toBe(false);
  expect(settings({ trustDomain: "a" }).allowsByDefault).toBe(false);
  expect(settings({ defaultAction: "Allow" }).allowsByDefault).toBe(true);
  expect(accessControlOf({})).toBeUndefined();
  expect(accessControlOf(null)).toBeUndefined();
});
