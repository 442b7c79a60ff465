import { afterEach, expect, test, vi } from "vitest";
import type { RunningComponent } from "../registry.js";
import { stateKeys } from "./state-key.js";

afterEach(() => vi.unstubAllEnvs());

function storedKey(keyPrefix: string | undefined, appId = "shop"): string {
  const metadata: Record<string, string> = keyPrefix === undefined ? {} : { keyPrefix };
  return stateKeys({ name: "orders", metadata } as RunningComponent<"state">, appId).stored("42");
}

test("keys get the prefixes that daprd gives them", () => {
  expect(storedKey(undefined)).toBe("shop||42");
  expect(storedKey("appid")).toBe("shop||42");
  expect(storedKey("name")).toBe("orders||42");
  expect(storedKey("none")).toBe("42");
  expect(storedKey("Shared")).toBe("shared||42");
  expect(storedKey("namespace")).toBe("shop||42");
  expect(storedKey("")).toBe("||42");
  expect(storedKey("appid", "")).toBe("42");
  vi.stubEnv("NAMESPACE", "blue");
  expect(storedKey("namespace")).toBe("blue.shop||42");
});

test("a prefix with the separator is refused", () => {
  expect(() => storedKey("a||b")).toThrow(expect.objectContaining({ reason: "DAPR_STATE_ILLEGAL_KEY" }) as Error);
});
