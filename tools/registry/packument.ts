import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";

/** A package that the loopback registry serves itself. */
export interface ServedPackage {
  readonly name: string;
  readonly version: string;
  /** The tarball, absolute. */
  readonly file: string;
}

const blockSize = 512;

/** The text of `package/package.json` in a tarball; a tar header keeps name at 0 and octal size at 124. */
function readManifest(tarball: Buffer): Record<string, unknown> {
  const tar = gunzipSync(tarball);
  for (let offset = 0; offset + blockSize <= tar.length; ) {
    const name = tar.toString("utf8", offset, offset + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(tar.toString("latin1", offset + 124, offset + 136), 8) || 0;
    const body = offset + blockSize;
    if (name === "package/package.json") {
      return JSON.parse(tar.toString("utf8", body, body + size)) as Record<string, unknown>;
    }
    offset = body + Math.ceil(size / blockSize) * blockSize;
  }
  throw new Error("the tarball has no package/package.json");
}

/** The path under which the registry serves a tarball, always with a leading slash. */
export function tarballPath({ name, file }: ServedPackage): string {
  return `/${name}/-/${basename(file)}`;
}

/**
 * What a registry answers for a package's name: its versions with their manifests, where their tarballs are, and their
 * hashes, which package managers compare.
 *
 * @param versions - every served version of one name, oldest first
 * @param origin - of this registry: `http://127.0.0.1:4873`
 */
export function createPackument(versions: readonly ServedPackage[], origin: string): unknown {
  const manifests = versions.map((served) => {
    const tarball = readFileSync(served.file);
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const shasum = createHash("sha1").update(tarball).digest("hex");
    return {
      ...readManifest(tarball),
      _id: `${served.name}@${served.version}`,
      dist: { tarball: origin + tarballPath(served), integrity, shasum },
    };
  });
  const published = new Date(0).toISOString();
  return {
    name: versions[0]?.name,
    "dist-tags": { latest: versions.at(-1)?.version },
    versions: Object.fromEntries(versions.map(({ version }, index) => [version, manifests[index]])),
    // Package managers that refuse what is too new look at these.
    time: Object.fromEntries(
      ["created", "modified", ...versions.map(({ version }) => version)].map((key) => [key, published]),
    ),
  };
}
