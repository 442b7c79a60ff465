import { expect, test } from "vitest";
import { thirdPartyNotices } from "./third-party-notices.js";

test("every bundled package is named once with its version and its license's text and nothing else", () => {
  const notices = thirdPartyNotices([
    "packages/runtime/src/index.ts",
    "node_modules/typescript/lib/typescript.js",
    "node_modules/typescript/lib/tsc.js",
    "node_modules/vitest/dist/index.js",
  ]);
  expect(notices.match(/^typescript [\d.]+ \(Apache-2\.0\)$/gm)).toHaveLength(1);
  expect(notices).toMatch(/^vitest [\d.]+ \(MIT\)$/m);
  expect(notices).toContain("Permission is hereby granted, free of charge");
});
