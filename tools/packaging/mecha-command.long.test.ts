import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePortFamily } from "@mecha/engines";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";

/** What a command said and how it ended. */
interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the command mecha, installed from the registry by npm", () => {
  let workshop: Workshop;
  let app: InstalledApp;

  beforeAll(async () => {
    workshop = await openWorkshop();
    const version = workshop.packages.find(({ name }) => name === "@mecha/cli")?.version ?? "";
    app = await installApp(workshop, {
      name: "mecha-command",
      fixture: "mecha-command",
      dependencies: { "@mecha/cli": version },
    });
  }, 400_000);

  afterAll(() => workshop[Symbol.asyncDispose]());

  /** Runs a program of the app's folder; `signalAt` sends it a SIGTERM once it has said these words. */
  async function run(
    program: readonly string[],
    { signalAt, nodeOptions = "" }: { readonly signalAt?: string; readonly nodeOptions?: string } = {},
  ): Promise<Outcome> {
    const [command = "", ...args] = program;
    const child = spawn(command, args, {
      cwd: app.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: nodeOptions, MECHA_RUNTIME_DIR: join(app.folder, "run") },
    });
    const said = { stdout: "", stderr: "" };
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.stdout += `${line}\n`;
      if (signalAt !== undefined && line.includes(signalAt)) child.kill("SIGTERM");
    });
    // Both streams are at their end.
    const [code] = (await once(child, "close")) as [number | null];
    return { code, ...said };
  }

  const npx = (...args: string[]): Promise<Outcome> => run(["npx", "--no-install", "mecha", ...args]);
  const bin = (...args: string[]): readonly string[] => [join("node_modules", ".bin", "mecha"), ...args];

  it("says its version and explains itself", { timeout: 60_000 }, async () => {
    expect(await npx("--version")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u) });
    expect(await npx("--help")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("run [options] [command...]"),
    });
    expect(await npx("run", "--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("--app-port <port>") });
  });

  it("ends with 2 and the reason for a flag that is none", { timeout: 60_000 }, async () => {
    const refused = await npx("run", "--app-prot", "3000", "--", "node", "app.js");
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--app-prot") });
  });

  it("runs an app beside the runtime, and ends with the app's exit code", { timeout: 120_000 }, async () => {
    const port = String(await freePortFamily([0]));
    const flags = ["--app-id", "orders", "--app-port", port, "--resources-path", "components"];
    const { code, stdout, stderr } = await npx("run", ...flags, "--", "node", "app.js");
    expect(stdout.trim().split("\n")).toEqual(['== APP == state {"paid":true}', '== APP == event {"n":1}']);
    expect(stderr).toContain("== APP == that is all");
    expect(stderr).toContain("components: store (state.in-memory/v1), events (pubsub.in-memory/v1)");
    expect(stderr).toContain("the app has ended with 7");
    expect(code).toBe(7);
  });

  it("passes a signal on to the app", { timeout: 120_000 }, async () => {
    const port = String(await freePortFamily([0]));
    const { code, stdout } = await run(bin("run", "--app-port", port, "--", "node", "app.js", "wait"), {
      signalAt: "waiting",
    });
    expect(stdout).toContain("== APP == got SIGTERM");
    expect(code).toBe(3);
  });

  it("does without the library of gRPC's client as long as nobody is called over gRPC", {
    timeout: 60_000,
  }, async () => {
    const { stderr } = await run(bin("run", "--", "node", "-e", "0"), { nodeOptions: "--require ./count-grpc.js" });
    expect(stderr).toContain("the app has ended with 0");
    expect(stderr).toMatch(/^files of gRPC: 0$/mu);
  });

  it("says which command cannot be started", { timeout: 60_000 }, async () => {
    const { code, stderr } = await run(bin("run", "--", "no-such-program"));
    expect(stderr).toContain('The app cannot be started with "no-such-program"');
    expect(code).toBe(1);
  });
});
