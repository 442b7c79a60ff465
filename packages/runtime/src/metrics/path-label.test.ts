import { expect, test } from "vitest";
import { createPathLabel } from "./path-label.js";

const settings = { isEnabled: true };

test.each([
  ["/v1.0/state/orders/key/with/slashes", "/v1.0/state/orders"],
  ["/v1.0/secrets/vault/name", "/v1.0/secrets/vault"],
  ["/v1.0/actors/Cart/7/method/add", "/v1.0/actors/Cart/{id}/method"],
  ["/v1.0/workflows/dapr/order/start", "/v1.0/workflows/dapr/order/start"],
  ["/v1.0/workflows/dapr/1234", "/v1.0/workflows/dapr/{instanceId}"],
  ["/v1.0/workflows/dapr/1234/raiseEvent/paid", "/v1.0/workflows/dapr/{instanceId}/raiseEvent/{eventName}"],
  ["/v1.0//publish/events/paid", "/v1.0/publish/events/paid"],
  ["/dapr/config", "/dapr/config"],
])("%s is counted as %s", (path, label) => {
  expect(createPathLabel(settings)(path)).toBe(label);
});

test("of the patterns that fit, the most specific one counts, for invocations too", () => {
  const label = createPathLabel({
    ...settings,
    hasPaths: false,
    pathPatterns: ["/orders/{id}", "/orders/all", "/static/", "/files/{rest...}"],
  });
  expect(label("/orders/7")).toBe("/orders/{id}");
  expect(label("/orders/all")).toBe("/orders/all");
  expect(label("/static/a/b")).toBe("/static/");
  expect(label("/files/a/b")).toBe("/files/{rest...}");
  expect(label("/v1.0/invoke/shop/method/orders/7")).toBe("/v1.0/invoke/{app_id}/method/orders/{id}");
  expect(label("/elsewhere")).toBe("");
});
