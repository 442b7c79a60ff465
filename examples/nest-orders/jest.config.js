/** The sources name their files with endings, as Node asks of ES modules; Jest looks for TypeScript under these names. */
module.exports = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": "ts-jest" },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testMatch: ["<rootDir>/{src,test}/**/*.test.ts"],
  testTimeout: 180_000,
};
