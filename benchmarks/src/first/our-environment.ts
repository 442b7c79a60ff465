import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../tools/workspace.js";
import { type PartRun } from "./part.js";

/** A folder of the repository with components, or any other. */
export const componentFolders = {
  laptop: join(root, "components/laptop"),
  openSource: join(root, "components/open-source"),
} as const;

/** Where a process with drop-ins runs, and its environment. */
export interface OurPlace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A folder and an environment of their own for processes with drop-ins: nothing of an earlier measurement is there.
 *
 * @param components - the folder with the component files
 */
export async function ourPlace({ installed, servers }: PartRun, components: string): Promise<OurPlace> {
  const folder = await mkdtemp(join(installed.folder, "run-"));
  const home = join(folder, "home");
  await mkdir(home);
  return {
    folder,
    env: {
      DAPR_RESOURCES_PATHS: components,
      MECHA_NAMESPACE: folder,
      HOME: home,
      APP_ID: "bench",
      REDIS_ADDRESS: servers.redis,
      ROCKETMQ_NAME_SERVER: servers.rocketmq,
      NACOS_ADDRESS: servers.nacos,
    },
  };
}
