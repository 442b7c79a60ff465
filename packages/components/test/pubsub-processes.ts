import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "@mecha/conformance";
import { expect } from "vitest";

const patienceMs = 30_000;

/** A process with a component; `lines` grows as it speaks. */
export interface PubSubProcess {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
}

/** Processes that publish and consume for ever, until a test kills them. */
export class PubSubProcesses {
  readonly #program: string;
  readonly #started = new Set<ChildProcess>();

  /** @param program - a file beside this one, whose arguments are role, where the backend is, topic, and one of the role */
  constructor(program: string) {
    this.#program = join(import.meta.dirname, program);
  }

  start(parameters: readonly string[], env: Readonly<Record<string, string>> = {}): PubSubProcess {
    const node = ["--conditions=@mecha/source", "--import", "tsx", this.#program];
    const child = spawn(process.execPath, [...node, ...parameters], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    this.#started.add(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    return { child, lines };
  }

  /** Ends a process as a power cut would, and waits until all that it said is read. */
  async kill(child: ChildProcess): Promise<void> {
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
    this.#started.delete(child);
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#started].map((child) => this.kill(child)));
  }

  /**
   * Kills every publisher and a consumer in the middle of their work, and expects all that was acknowledged to be delivered,
   * some of it twice.
   *
   * @param prefixes - one for each publisher
   */
  async loseNothing(place: string, topic: string, prefixes: readonly string[]): Promise<void> {
    const first = this.start(["consume", place, topic, "20"]);
    const second = this.start(["consume", place, topic]);
    for (const { lines } of [first, second])
      await eventually("it is ready", async () => lines.includes("ready"), patienceMs);
    const publishers = prefixes.map((prefix) => this.start(["publish", place, topic, prefix]));
    for (const { child, lines } of publishers) {
      await eventually("it published", async () => lines.length >= 100, patienceMs);
      await this.kill(child);
    }
    await eventually("it hangs", async () => first.lines.length > 2 * 20 + 1, patienceMs);
    await this.kill(first.child);
    const third = this.start(["consume", place, topic]);

    const acknowledged = publishers.flatMap(({ lines }) => lines);
    const done = (): ReadonlySet<string> => new Set([first, second, third].flatMap(({ lines }) => endedIn(lines)));
    await eventually("all came", async () => acknowledged.every((id) => done().has(id)), patienceMs);

    const again = [second, third].flatMap(({ lines }) => lines.filter((line) => / [2-9]$/.test(line)));
    expect(again.length, "nothing was delivered a second time").toBeGreaterThan(0);
  }
}

/** The messages that a consumer has handled to the end. */
export function endedIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith("end ")).map((line) => line.slice(4));
}
