import { compare, type Row } from "../row.js";
import { installedMegabytes, installedPackages } from "./install-sdks.js";
import type { PartRun } from "./part.js";

const megabyte = 1024 * 1024;

/** What `npm install` puts on the disk. The same every time, so measured once. */
export async function measureSize({ installed, report }: PartRun): Promise<readonly Row[]> {
  report("installed size");
  const [ours, peer] = await Promise.all([installed.ours, installed.peer].map(installedMegabytes));
  const [ourPackages, peerPackages] = await Promise.all([installed.ours, installed.peer].map(installedPackages));
  const rounds = [{ ours: { bytes: (ours ?? 0) * megabyte }, peer: { bytes: (peer ?? 0) * megabyte } }];
  return compare(rounds, {
    op: `installed size, ${ourPackages} packages against ${peerPackages}`,
    ours: "ours",
    peer: "peer",
    peerName: installed.peerName,
    metrics: ["bytes"],
    goals: { bytes: "<=0.6" },
  });
}
