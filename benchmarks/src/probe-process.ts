import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { within } from "@mecha/conformance";
import { type ProbeName } from "./build-probes.js";
import { type ClientProbeName } from "./client/build-client-probes.js";
import { type NestProbeName } from "./nest/build-nest-probes.js";
import { type RuntimeProbeName } from "./runtime/build-runtime-probes.js";

/** Where and how a probe runs. */
export interface ProbeOptions {
  /** An installation of the example app: decides whether the probe gets a drop-in or an original. */
  readonly installation: string;
  /** Where the process runs; the components of the laptop keep their files there. */
  readonly folder: string;
  /** What the probe reads as its input. */
  readonly input: object;
  readonly env: Readonly<Record<string, string>>;
}

/** A probe that runs until it is stopped. */
export interface ProbeProcess extends AsyncDisposable {
  /** The first thing that the probe said. */
  readonly said: unknown;
}

const patienceMs = 60_000;
const shownCharacters = 3000;
const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/**
 * Starts a probe in a process of its own and waits for the first thing that it says.
 *
 * @throws Error with the end of its output when it says nothing in a minute or ends before
 */
export async function startProbe(
  name: ProbeName | ClientProbeName | NestProbeName | RuntimeProbeName,
  { installation, folder, input, env }: ProbeOptions,
): Promise<ProbeProcess> {
  const child = fork(join(installation, "probes", `${name}.cjs`), [JSON.stringify(input)], {
    cwd: folder,
    // Nothing of how the benchmark itself is loaded reaches the measured process.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  const output = collectOutput(child);
  try {
    const said = await firstMessage(name, child);
    return { said, [Symbol.asyncDispose]: () => end(child) };
  } catch (cause) {
    await end(child);
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${output()}`, { cause });
  }
}

/** Runs a probe to its end and gives the figures that it measured. */
export async function runProbe<Metric extends string>(
  name: ProbeName | ClientProbeName | NestProbeName | RuntimeProbeName,
  options: ProbeOptions,
): Promise<Readonly<Record<Metric, number>>> {
  await using probe = await startProbe(name, options);
  // The probe is ours and says its figures first.
  return probe.said as Readonly<Record<Metric, number>>;
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-shownCharacters);
    });
  }
  return () => text;
}

async function firstMessage(name: string, child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const outcome = Promise.race([
    once(child, "message", { signal }).then(([message]: unknown[]) => ({ message })),
    once(child, "exit", { signal }).then(([code, killedBy]: unknown[]) => {
      throw new Error(`the probe ${name} ended with ${String(code ?? killedBy)}`);
    }),
  ]);
  try {
    const said = await within(outcome, patienceMs, undefined);
    if (said === undefined) throw new Error(`the probe ${name} said nothing in ${patienceMs / 1000} s`);
    return said.message;
  } finally {
    settled.abort();
    // Without its listeners nobody waits for it.
    outcome.catch(() => undefined);
  }
}

/** A measured process has nothing to save; how it ends is measured elsewhere. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
