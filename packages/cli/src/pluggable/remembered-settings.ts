import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MechaError } from "@mecha/spec";

/** Version of the files' format. */
const formatVersion = 1;

/** What daprd said of a component when it began. */
export type Properties = Readonly<Record<string, string>>;

/**
 * Keeps what daprd configured components with, in files that only the own user reads: daprd says it once, when it starts, and goes on
 * calling a process that was started again meanwhile.
 */
export class RememberedSettings {
  readonly #folder: string;

  /** @param folder - made when something is first kept */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the settings of an instance of a component type. */
  async keep(type: string, instance: string, properties: Properties): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#fileOf(type, instance);
    const draft = `${file}.${String(process.pid)}`;
    await writeFile(draft, JSON.stringify({ version: formatVersion, type, instance, properties }), { mode: 0o600 });
    await rename(draft, file);
  }

  /** What was kept of an instance; `undefined` if nothing was. */
  async recall(type: string, instance: string): Promise<Properties | undefined> {
    const file = this.#fileOf(type, instance);
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    // Only `keep` writes these files; another version has other fields.
    const kept = JSON.parse(text) as { readonly version: number; readonly properties: Properties };
    if (kept.version === formatVersion) return kept.properties;
    throw new MechaError(
      "FAILED_PRECONDITION",
      `${file} is of another version of Mecha (format ${String(kept.version)}); start daprd again, which writes it anew`,
    );
  }

  #fileOf(type: string, instance: string): string {
    // Names may have anything in them.
    const name = createHash("sha256").update(`${type}\0${instance}`).digest("hex").slice(0, 32);
    return join(this.#folder, `${name}.json`);
  }
}
