import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const everything = ["**/*.ts", "**/*.mts", "**/*.cts"];
const tests = [
  "**/*.test.ts",
  "**/*.test-d.ts",
  "**/test/**/*.ts",
  "**/testing/**/*.ts",
  "packages/conformance/src/**/*.ts",
];
const commandLines = ["tools/**/*.ts", "benchmarks/**/*.ts", "engines/src/**/*.ts"];

const noDefaultExport = {
  selector: "ExportDefaultDeclaration",
  message: "Name what you export; only drop-ins and tool configurations have a default export.",
};

export default defineConfig(
  {
    ignores: [
      "**/dist/",
      "**/generated/",
      "packages/drop-in/*/built/",
      "**/fixtures/",
      "**/coverage/",
      ".cache/",
      "examples/",
      "docs/",
      "**/*.mjs",
      "**/*.js",
      "**/*.cjs",
    ],
  },
  {
    files: everything,
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    // One program of all packages, as the check of types has it: with a program for each the types of five Redis clients
    // were held many times over (9 GB instead of 4, five minutes instead of one and a half).
    languageOptions: { parserOptions: { project: "tsconfig.check.json", tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-console": "error",
      "max-params": "off",
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      "no-restricted-syntax": ["error", noDefaultExport],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      // A method that implements an async contract needs no await of its own.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A handler may answer or not, and `get<Order>(key)` names what only the caller knows.
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // The flag noPropertyAccessFromIndexSignature asks for brackets where this rule asks for dots.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // An options interface without fields of its own keeps its name for the fields to come.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: tests,
    rules: {
      // A test states what it knows: the value is there, else the next line fails.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/max-params": "off",
    },
  },
  {
    files: commandLines,
    rules: { "no-console": ["error", { allow: ["log", "error"] }] },
  },
  {
    // The Dapr API's deprecated methods and fields are answered too.
    files: ["packages/runtime/src/**/*.ts", "packages/sdk-core/src/**/*.ts"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    files: [
      "packages/drop-in/**/*.ts",
      "*.config.ts",
      "tools/vitest-summary.ts",
      "tools/coverage-api/groups-reporter.ts",
    ],
    rules: { "no-restricted-syntax": "off" },
  },
);
