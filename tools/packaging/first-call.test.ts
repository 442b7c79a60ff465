import { expect, test } from "vitest";
import { installApp, openWorkshop } from "./installed-app.js";

interface Loaded {
  readonly answer: string;
  /** Of each file. */
  readonly code: readonly string[];
}

/** The facades, by what makes them, except the one that is called. */
const unused = [
  "createPubSub",
  "createConfiguration",
  "createBinding",
  "createSecrets",
  "createRemoteApp",
  "createLock",
  "createCrypto",
  "createSubtleCrypto",
  "createJobs",
  "createConversation",
  "createWorkflows",
];

test("the first call of an installed app loads its own facade in a few files, and no other", async () => {
  await using workshop = await openWorkshop();
  const version = workshop.packages.find(({ name }) => name === "@mecha/sdk-core")?.version ?? "";
  const app = await installApp(workshop, {
    name: "first-call",
    fixture: "sdk",
    dependencies: { "@mecha/sdk-core": version },
  });
  // The program prints what this type says.
  const { answer, code } = (await app.report("first-call.js")) as Loaded;
  expect(answer).toBe("UNAVAILABLE");
  const made = ["createState", ...unused].filter((create) =>
    code.some((text) => new RegExp(`function ${create}\\(`).test(text)),
  );
  expect(made).toEqual(["createState"]);
  expect(code.length).toBeLessThan(15);
}, 400_000);
