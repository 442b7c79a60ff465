import { describe, expect, it } from "vitest";
import { secretAccess, type SecretScope } from "./secret-access.js";

const scope = (rest: Partial<SecretScope>): SecretScope => ({
  storeName: "vault",
  defaultAccess: "",
  allowedSecrets: [],
  deniedSecrets: [],
  ...rest,
});

describe("access to secrets", () => {
  it.each([
    ["nothing is said of it", { storeName: "other", defaultAccess: "deny" }, [true, true]],
    ["nothing is said at all", {}, [true, true]],
    ["the default is deny", { defaultAccess: "Deny" }, [false, false]],
    ["one is denied", { deniedSecrets: ["a"] }, [false, true]],
    ["one is allowed, which decides alone", { allowedSecrets: ["a"], deniedSecrets: ["a"] }, [true, false]],
    ["one is denied beside a default of deny", { defaultAccess: "deny", deniedSecrets: ["a"] }, [false, false]],
  ])("of a store where %s", (_, rest, expected) => {
    const mayRead = secretAccess([scope(rest)]);
    expect(["a", "b"].map((secret) => mayRead("vault", secret))).toEqual(expected);
  });
});
