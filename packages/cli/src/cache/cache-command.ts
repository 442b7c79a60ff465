import { resolve } from "node:path";
import { appIdFrom, resourcesPathsFrom } from "@mecha/sdk-core";
import { type Command, Option } from "commander";
import { toCount, wrongArgument } from "../run/parse-values.js";

interface Flags {
  readonly from: string;
  readonly component: string;
  readonly appId?: string;
  readonly resourcesPath?: readonly string[];
  readonly db?: string;
  readonly match?: string;
  readonly verify?: boolean;
  readonly resume?: boolean;
  readonly progressFile?: string;
  readonly json?: boolean;
}

const collect = (path: string, before: readonly string[] = []): readonly string[] => [...before, path];

/** Declares `mecha cache`. */
export function addCacheCommand(program: Command, exitWith: (code: number) => void): void {
  const cache = program.command("cache").description("Works on caches").exitOverride();
  cache
    .command("import")
    .description("Copies a Redis into a state component, while others use it")
    .requiredOption("--from <url>", "the Redis: redis://[user:password@]host[:port][/db], or rediss:// with TLS")
    .requiredOption("--component <name>", "the state component to copy to")
    .option("-a, --app-id <id>", "the app whose cache it becomes; else APP_ID")
    .addOption(
      new Option("-d, --resources-path <path>", "folder or file with components; may be repeated").argParser(collect),
    )
    .option("--db <number>", "the database to copy; else that of the URL")
    .option("--match <pattern>", "copy only keys that match, as SCAN does")
    .option("--verify", "compare every key afterwards, values, types and expiry")
    .option("--resume", "go on with an import that was ended, or copy what has changed since it was done")
    .option("--progress-file <path>", "where to take down what was copied; else in .mecha")
    .option("--json", "write a summary as JSON to standard output")
    .exitOverride()
    .action(async (flags: Flags) => {
      exitWith(await runImport(flags));
    });
}

async function runImport(flags: Flags): Promise<number> {
  const { from, component, match, json = false, verify = false, resume = false } = flags;
  if (!/^rediss?:\/\//u.test(from)) throw wrongArgument(`--from has to begin with redis:// or rediss://`);
  const appId = flags.appId ?? appIdFrom(process.env);
  const say = (message: string): void => void process.stderr.write(`[mecha] info: ${message}\n`);
  // What it takes is loaded only here.
  const { importCache } = await import("./import-cache.js");
  const summary = await importCache({
    from,
    component,
    appId,
    resourcesPaths: flags.resourcesPath ?? resourcesPathsFrom(process.env),
    ...(flags.db !== undefined && { database: toCount(flags.db, "--db") }),
    match,
    verifies: verify,
    resumes: resume,
    progressFile: resolve(flags.progressFile ?? `.mecha/import-${component.replaceAll(/[^\w.-]/gu, "_")}.jsonl`),
    onProgress: say,
  });
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  const { keys, copied, passes, settled, skipped, differences = [], seconds } = summary;
  say(`${String(keys)} keys, ${String(copied)} copies, ${String(passes)} passes, ${String(seconds)} s`);
  if (skipped.length > 0) say(`skipped: ${skipped.join(", ")}`);
  for (const difference of differences) say(`differs: ${difference}`);
  if (!settled) say("the source changes faster than it is copied: stop who writes, and run this again with --resume");
  return settled && differences.length === 0 ? 0 : 1;
}
