import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { componentYaml, temporaryFolder } from "../../test/mecha-fixture.js";
import { connect } from "../connect.js";
import { appIdFrom, resolveTarget, resourcesPathsFrom } from "./environment.js";
import { loadEmbeddedRuntime, openConnection } from "./open-connection.js";
import { shareConnection } from "./shared-connection.js";

const store = { "store.json": componentYaml("store", "state.in-memory") };

describe("where calls go", () => {
  const named = { APP_ID: "a" };

  it.each([
    [{ DAPR_GRPC_PORT: "50001" }, { mode: "sidecar", endpoint: "127.0.0.1:50001" }],
    [
      { DAPR_GRPC_PORT: "1", DAPR_GRPC_ENDPOINT: "https://dapr:443" },
      { mode: "sidecar", endpoint: "https://dapr:443" },
    ],
    [{ DAPR_GRPC_PORT: "50001", MECHA_MODE: "embedded" }, { mode: "embedded" }],
    [{ DAPR_GRPC_PORT: "", MECHA_MODE: "", NODE_ENV: "" }, { mode: "embedded" }],
    [{ NODE_ENV: "production", MECHA_MODE: "embedded" }, { mode: "embedded" }],
    [{ NODE_ENV: "production", DAPR_GRPC_PORT: "50001" }, { mode: "sidecar" }],
  ])("%o", (environment, expected) => {
    expect(resolveTarget({}, { ...named, ...environment })).toMatchObject(expected);
  });

  it.each([
    [{ MECHA_MODE: "cloud" }, 'MECHA_MODE is "cloud"; it may be embedded, sidecar or auto'],
    [{ MECHA_MODE: "sidecar" }, "neither DAPR_GRPC_ENDPOINT nor DAPR_GRPC_PORT"],
    [{ DAPR_GRPC_PORT: "http" }, 'DAPR_GRPC_PORT is "http"'],
    [{ NODE_ENV: "production" }, "set DAPR_GRPC_ENDPOINT (or DAPR_GRPC_PORT) for a sidecar, or MECHA_MODE=embedded"],
    [{ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, "In production the runtime must be chosen"],
  ])("refuses %o", (environment, message) => {
    expect(() => resolveTarget({}, { ...named, ...environment })).toThrow(message);
  });

  it("takes paths as they are listed, absolute", () => {
    expect(resourcesPathsFrom({ DAPR_RESOURCES_PATHS: "/a, /b" })).toEqual(["/a", "/b"]);
    expect(resourcesPathsFrom({})).toEqual([join(process.cwd(), "components")]);
    expect(resolveTarget({ resourcesPaths: ["x"] }, named)).toMatchObject({
      resourcesPaths: [join(process.cwd(), "x")],
    });
  });

  describe("the name of the app", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await temporaryFolder({ "package.json": JSON.stringify({ name: "@acme/orders" }) });
      await mkdir(join(folder, "src"));
      vi.spyOn(process, "cwd").mockReturnValue(join(folder, "src"));
    });
    afterEach(() => vi.restoreAllMocks());

    it("comes from the environment, else from the nearest package.json that has one", async () => {
      expect(appIdFrom({ APP_ID: "one", DAPR_APP_ID: "two" })).toBe("one");
      expect(appIdFrom({ APP_ID: "", DAPR_APP_ID: "two" })).toBe("two");
      expect(appIdFrom({})).toBe("orders");
      await writeFile(join(folder, "src", "package.json"), '{ "type": "module" }');
      expect(appIdFrom({})).toBe("orders");
    });

    it("names the file that cannot be read", async () => {
      await writeFile(join(folder, "src", "package.json"), "{");
      expect(() => appIdFrom({})).toThrow(`${join(folder, "src", "package.json")}; mend it, or set APP_ID`);
    });
  });
});

describe("one connection of a process", () => {
  const target = async (files: Readonly<Record<string, string>> = store) =>
    ({ mode: "embedded", appId: "shared", resourcesPaths: [await temporaryFolder(files)] }) as const;

  it("is shared until the last share is given back", async () => {
    const to = await target();
    const [one, two] = await Promise.all([shareConnection(to), shareConnection(to)]);
    expect(one.connection).toBe(two.connection);
    await one.release();
    await one.release();
    const mecha = await connect({ mode: "embedded", appId: "shared", resourcesPaths: to.resourcesPaths });
    await mecha.state("store").save("a", 1);
    await two.release();
    expect((await mecha.state("store").get("a"))?.value).toBe(1);
    await mecha.close();
    await expect(mecha.state("store").get("a")).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      operation: "state.get",
    });
  });

  it("is shared with another copy of this package", async () => {
    const to = await target();
    const share = await shareConnection(to);
    vi.resetModules();
    const copy = await import("./shared-connection.js");
    expect(copy.shareConnection).not.toBe(shareConnection);
    const other = await copy.shareConnection(to);
    expect(other.connection).toBe(share.connection);
    await share.release();
    await other.release();
  });

  it("is opened anew after a failure, and by nobody before its predecessor has closed", async () => {
    const to = await target({ "broken.yaml": "kind: [" });
    await expect(shareConnection(to)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    await writeFile(join(to.resourcesPaths[0], "broken.yaml"), store["store.json"]);
    const first = await shareConnection(to);
    const order: string[] = [];
    // The connection is the runtime's own object: what it does at its end can be watched there.
    const { close } = first.connection;
    first.connection.close = async () => {
      await close();
      order.push("closed");
    };
    const [, second] = await Promise.all([
      first.release(),
      shareConnection(to).then((share) => (order.push("opened"), share)),
    ]);
    expect(order).toEqual(["closed", "opened"]);
    expect(second.connection).not.toBe(first.connection);
    await second.release();
  });

  it("is refused to a copy of another shape", async () => {
    const key = Symbol.for("mecha.connection/1");
    const holder = globalThis as Record<symbol, unknown>;
    const before = holder[key];
    Object.defineProperty(holder, key, { value: { version: 2 }, configurable: true });
    await expect(shareConnection(await target())).rejects.toThrow(
      "Two copies of @mecha/sdk-core that do not fit together",
    );
    Object.defineProperty(holder, key, { value: before, configurable: true });
  });

  it("names what is missing: the folder, or the sidecar", async () => {
    await expect(openConnection({ mode: "embedded", appId: "a", resourcesPaths: ["no/such/folder"] })).rejects.toThrow(
      "no/such/folder",
    );
    await using mecha = await connect({ mode: "sidecar", endpoint: "127.0.0.1:9", appId: "a" });
    await expect(mecha.metadata()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("tells a runtime that is not installed from one that is broken", async () => {
    const missing = (name: string) =>
      Object.assign(new Error(`Cannot find package '${name}' imported from '/app/@mecha/runtime'`), {
        code: "ERR_MODULE_NOT_FOUND",
      });
    await expect(loadEmbeddedRuntime(() => Promise.reject(missing("@mecha/runtime")))).rejects.toThrow(
      "The embedded runtime is not installed. Add @mecha/runtime",
    );
    await expect(loadEmbeddedRuntime(() => Promise.reject(missing("zod")))).rejects.toThrow(
      "could not be loaded: Cannot find package 'zod'",
    );
    await expect(loadEmbeddedRuntime(() => Promise.reject(new SyntaxError("odd")))).rejects.toThrow(
      "could not be loaded: odd",
    );
  });
});
