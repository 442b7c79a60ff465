import { afterAll, beforeAll, expect, test } from "vitest";
import { type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";

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

let workshop: Workshop;
let app: InstalledApp;

beforeAll(async () => {
  workshop = await openWorkshop();
  const named = ["@mecha/sdk-core", "@mecha/runtime"];
  const ours = workshop.packages.filter(({ name }) => named.includes(name));
  const dependencies = Object.fromEntries(ours.map(({ name, version }) => [name, version]));
  app = await installApp(workshop, { name: "first-call", fixture: "sdk", dependencies });
}, 400_000);

afterAll(() => workshop[Symbol.asyncDispose]());

/** What a program of the app prints. */
const reportOf = async (program: string): Promise<Loaded> => (await app.report(program)) as Loaded;

test("the first call of an installed app loads its own facade in a few files, and no other", async () => {
  const { answer, code } = await reportOf("first-call.js");
  expect(answer).toBe("UNAVAILABLE");
  const made = ["createState", ...unused].filter((create) =>
    code.some((text) => new RegExp(`function ${create}\\(`).test(text)),
  );
  expect(made).toEqual(["createState"]);
  expect(code.length).toBeLessThan(15);
}, 400_000);

test("the first call on the embedded runtime loads no other block's messages and handlers, and no schemas", async () => {
  const { answer, code } = await reportOf("first-embedded-call.js");
  expect(answer).toBe("undefined");
  const holds = (text: string): boolean => code.some((file) => file.includes(text));
  expect(holds("GetStateRequest")).toBe(true);
  const others = ["const PublishEventRequest", "const ScheduleJobRequest", "const ConversationRequest"];
  const later = ["function createLockBlock", "function createMetadataBlock", "TopicStream = class"];
  expect([...others, ...later, "$ZodType"].filter(holds)).toEqual([]);
  expect(code.length).toBeLessThan(28);
  expect(code.join("").length).toBeLessThan(750_000);
}, 400_000);
