import { execFile, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { componentYaml } from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { expect, onTestFinished, test } from "vitest";
import { startMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

const run = promisify(execFile);

/** The official SDK, as PyPI has it; of the minor of Dapr that the engines pin. */
const packages = ["dapr==1.18.3", "dapr-ext-grpc==1.18.3"];

const hasPython = spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;

test.skipIf(!hasPython)(
  hasPython ? "an app on the official Python SDK" : "an app on the official Python SDK: python3 with venv is missing",
  async () => {
    const folder = await createRunFolder(
      {
        "store.yaml": componentYaml("store", "state.in-memory"),
        "events.yaml": componentYaml("events", "pubsub.in-memory"),
        "settings.yaml": componentYaml("settings", "configuration.file", { path: "settings" }),
        "vault.yaml": componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
      },
      { "secrets.json": JSON.stringify({ "suite-secret": "open sesame" }) },
    );
    onTestFinished(() => folder.remove());
    await mkdir(join(folder.path, "settings"));
    await folder.replace("settings/color", "red");
    const python = join(folder.path, "venv/bin/python");
    await run("python3", ["-m", "venv", join(folder.path, "venv")], { timeout: 60_000 });
    await run(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages], { timeout: 180_000 });

    const port = String(await freePortFamily([0]));
    const args = ["run", "--app-id", "on-python", "--app-port", port, "--app-protocol", "grpc"];
    const mecha = startMecha([...args, "--", python, join(import.meta.dirname, "python/app.py")], { cwd: folder.path });
    onTestFinished(() => mecha.stop());

    expect(await mecha.ended).toBe(0);
    expect(mecha.lines).toEqual(
      expect.arrayContaining(
        [
          "etag DaprGrpcError",
          'state {"paid": true}',
          "secret open sesame",
          "configuration red",
          "metadata on-python",
          "invoke 42",
          'event {"n":1}',
        ].map((line) => `== APP == ${line}`),
      ),
    );
  },
  300_000,
);
