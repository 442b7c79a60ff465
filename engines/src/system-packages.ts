import { runCommand } from "../../tools/run-command.js";
import type { InstallStep } from "./install-step.js";
import { hasCommand } from "./missing.js";

/** The Debian and Ubuntu packages that bring each command. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  "redis-server": ["redis-server"],
  java: ["default-jre-headless"],
  cc: ["gcc", "libc6-dev"],
  javac: ["default-jdk-headless"],
  mvn: ["maven"],
  go: ["golang-go"],
  python3: ["python3-venv"],
};

const install = ["install", "-y", "--no-install-recommends"] as const;

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function obstacleFor(commands: readonly string[], packages: readonly string[]): string | undefined {
  if (!hasCommand("apt-get")) return `there is no apt-get; install ${commands.join(", ")} as this system does`;
  if (isRoot() || hasCommand("sudo")) return undefined;
  return `it takes root and there is no sudo; as root run: apt-get update && apt-get ${install.join(" ")} ${packages.join(" ")}`;
}

async function apt(args: readonly string[]): Promise<void> {
  const aptGet = ["apt-get", ...args];
  // With -n, sudo fails where it would wait for a password that nobody is asked for.
  const [command, ...rest] = isRoot() ? aptGet : ["sudo", "-n", ...aptGet];
  await runCommand(command ?? "apt-get", rest, { env: { DEBIAN_FRONTEND: "noninteractive" } });
}

/** The step that brings commands from the system's packages. */
export function systemStep(commands: readonly string[]): InstallStep {
  const packages = commands.flatMap((command) => packagesOf[command] ?? [command]);
  const obstacle = obstacleFor(commands, packages);
  return {
    title: commands.join(", "),
    detail: `apt ${packages.join(" ")}`,
    ...(obstacle !== undefined && { obstacle }),
    async run(report) {
      report("apt-get update");
      await apt(["update"]);
      report("apt-get install");
      await apt([...install, ...packages]);
    },
  };
}
