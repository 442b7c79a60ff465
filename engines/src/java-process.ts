import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EngineProcess, type ProcessDescription } from "./engine-process.js";

/** A server that runs on Java. */
export interface JavaProcess extends Pick<ProcessDescription, "title" | "logFile" | "otherLogs"> {
  /** The folder that takes the server's home and temporary files. */
  readonly home: string;
  /** Options of the virtual machine besides those that every server gets. */
  readonly options: readonly string[];
  readonly classPath: readonly string[];
  readonly mainClass: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

// Tests want a quick start and little memory; throughput of long runs matters less.
const everywhere = ["-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true"];

/** Starts a Java server whose files stay inside its own folder. */
export function startJava(java: JavaProcess): EngineProcess {
  const temporary = join(java.home, "tmp");
  mkdirSync(temporary, { recursive: true });
  const own = [`-Djava.io.tmpdir=${temporary}`, `-Duser.home=${java.home}`];
  return EngineProcess.start({
    title: java.title,
    command: "java",
    args: [
      ...everywhere,
      ...own,
      ...java.options,
      "-cp",
      java.classPath.join(":"),
      java.mainClass,
      ...(java.args ?? []),
    ],
    logFile: java.logFile,
    ...(java.otherLogs && { otherLogs: java.otherLogs }),
    ...(java.env && { env: java.env }),
  });
}
