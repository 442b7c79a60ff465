import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadAdapterSettings } from "./adapter-settings.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-settings-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const head = "apiVersion: mecha/v1alpha1\nkind: Adapters\nmetadata: { name: orders }\n";
const load = async (text: string, environment: NodeJS.ProcessEnv = {}) => {
  await writeFile(join(folder, "rules.yaml"), text);
  return loadAdapterSettings({ APP_ID: "orders", DAPR_RESOURCES_PATHS: folder, ...environment });
};

describe("the rules of an app", () => {
  it("come in the order of files and documents, with where they are written", async () => {
    await writeFile(
      join(folder, "another.yaml"),
      `${head}spec:\n  rpc:\n    - { match: { interface: a }, app: first }\n`,
    );
    const { cache, rpc } = await load(
      `${head}spec:\n  cache:\n    - match: { host: "tair-*", db: 0 }\n      state: orders\n  rpc:\n    - app: second\n`,
    );
    expect(cache).toEqual([
      { match: { host: "tair-*", db: 0 }, target: { state: "orders" }, origin: `${folder}/rules.yaml:6` },
    ]);
    expect(rpc).toEqual([
      { match: { interface: "a" }, target: { app: "first" }, origin: `${folder}/another.yaml:6` },
      { match: {}, target: { app: "second" }, origin: `${folder}/rules.yaml:9` },
    ]);
  });

  it("are those whose scopes name the app", async () => {
    const text = `${head}scopes: [inventory]\nspec: { rpc: [{ app: a }] }\n---\n${head}scopes: [orders]\nspec: { rpc: [{ app: b }] }\n`;
    expect((await load(text)).rpc.map(({ target }) => target.app)).toEqual(["b"]);
  });

  it("lie at MECHA_ADAPTERS, if that is set", async () => {
    const named = join(folder, "mine.yml");
    await writeFile(named, `${head}spec: { mq: [{ pubsub: mine }] }\n`);
    const { mq } = await load(`${head}spec: { mq: [{ pubsub: other }] }\n`, { MECHA_ADAPTERS: named });
    expect(mq.map(({ target }) => target.pubsub)).toEqual(["mine"]);
  });

  it("are none where an app beside a sidecar has no folder; a folder that is named must be there", async () => {
    expect(await loadAdapterSettings({ APP_ID: "orders", DAPR_GRPC_PORT: "50001" })).toMatchObject({ mq: [], rpc: [] });
    await expect(loadAdapterSettings({ DAPR_RESOURCES_PATHS: join(folder, "no") })).rejects.toThrow(
      `"${join(folder, "no")}" cannot be read`,
    );
  });
});

describe("a rule that is wrong is refused with file, line and an example", () => {
  it.each([
    [
      "cache: [{ match: { host: x } }]",
      "spec.cache.0",
      "a cache rule names either state or native",
      'cache: [{ match: { host: "tair-*"',
    ],
    ["cache: [{ state: a, native: b }]", "spec.cache.0", "a cache rule names either state or native", "state: NAME"],
    [
      "mq: [{ match: { topics: x }, pubsub: a }]",
      "spec.mq.0.match",
      'Unrecognized key: "topics"',
      'mq: [{ match: { topic: "order-*", group: "GID_*", model: clustering }, pubsub: NAME }]',
    ],
    ["mq: [{ match: { topic: x } }]", "spec.mq.0.pubsub", "expected string", "pubsub: NAME"],
    [
      "config: [{ configuration: '' }]",
      "spec.config.0.configuration",
      "Too small",
      "configuration: NAME, write: BINDING",
    ],
    ["rpc: { app: a }", "spec.rpc", "expected array", "app: APP_ID"],
    ["amqp: []", "spec", 'Unrecognized key: "amqp"', ""],
  ])("%s", async (rule, path, problem, example) => {
    await expect(load(`${head}spec:\n  ${rule}\n`)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    const { message } = (await load(`${head}spec:\n  ${rule}\n`).catch((error: unknown) => error)) as Error;
    expect(message).toMatch(/rules\.yaml:[45]: /);
    for (const part of [`${path} of Adapters "orders" is wrong`, problem, example]) expect(message).toContain(part);
  });

  it("an unknown version of the kind", async () => {
    await expect(load("apiVersion: mecha/v9\nkind: Adapters\nmetadata: { name: a }\nspec: {}\n")).rejects.toThrow(
      /rules\.yaml:1: apiVersion of Adapters "a"/,
    );
  });

  it("a rule that an earlier one makes unreachable, also from another file", async () => {
    await writeFile(join(folder, "a.yaml"), `${head}spec:\n  mq:\n    - { match: { topic: "order-*" }, pubsub: a }\n`);
    await expect(
      load(`${head}spec:\n  mq:\n    - { match: { topic: "order-created", group: g }, pubsub: b }\n`),
    ).rejects.toThrow(
      `The rule at ${folder}/rules.yaml:6 can never match: the earlier rule at ${folder}/a.yaml:6 takes everything it would. Put the narrower rule first, or remove it.`,
    );
  });
});
