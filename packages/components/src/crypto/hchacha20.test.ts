import { expect, it } from "vitest";
import { hchacha20 } from "./hchacha20.js";

it("derives the key of the draft's example", () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const nonce = Buffer.from("000000090000004a0000000031415927", "hex");
  expect(hchacha20(key, nonce).toString("hex")).toBe(
    "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
  );
});
