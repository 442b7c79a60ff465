// Generates packages/sdk-core/src/generated from the base protos of @dapr/dapr and our supplements in
// packages/sdk-core/proto, which add what is missing there. Does nothing when no input changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeSupplement } from "./generate-protos/merge-supplement.mjs";
import { writeMethodTables } from "./generate-protos/method-tables.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const target = join(root, "packages/sdk-core/src/generated");
const supplements = join(root, "packages/sdk-core/proto");
const folders = ["dapr/proto/common", "dapr/proto/runtime"];

const options = [
  "env=node",
  "esModuleInterop=true",
  "importSuffix=.js",
  "forceLong=bigint",
  "oneof=unions-value",
  "useOptionals=messages",
  "useExactTypes=false",
  "unrecognizedEnum=true",
  "outputJsonMethods=false",
  "outputIndex=false",
  "useDate=true",
  "snakeToCamel=keys",
  "annotateFilesWithVersion=false",
  "outputServices=none",
];

/** The folder of a package, whatever its exports map hides. */
function packageFolder(name) {
  const paths = require.resolve.paths(name) ?? [];
  const folder = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, "package.json")));
  if (!folder) throw new Error(`${name} is not installed: run npm test once, it installs what is missing`);
  return folder;
}

function protoFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".proto"))
    .sort();
}

/** The base protos with our additions, in one folder that protoc reads. */
function gather(into) {
  const base = join(packageFolder("@dapr/dapr"), "proto");
  for (const folder of folders) cpSync(join(base, folder), join(into, folder), { recursive: true });
  for (const file of protoFiles(supplements)) {
    const target = join(into, file);
    const supplement = readFileSync(join(supplements, file), "utf8");
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, existsSync(target) ? mergeSupplement(readFileSync(target, "utf8"), supplement) : supplement);
  }
  return protoFiles(into);
}

function inputKey(folder, files) {
  const hash = createHash("sha256").update(JSON.stringify(options));
  for (const tool of ["generate-protos.mjs", "generate-protos/method-tables.mjs"]) {
    hash.update(readFileSync(join(root, "tools", tool)));
  }
  for (const name of ["ts-proto", "protoc"]) hash.update(readFileSync(join(packageFolder(name), "package.json")));
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}

/**
 * Brings the generated code up to date.
 *
 * @returns how many .ts files were written, 0 when nothing had changed
 */
export function generateProtos() {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const work = mkdtempSync(join(root, ".cache/protos-"));
  try {
    const sources = join(work, "proto");
    const files = gather(sources);
    const key = inputKey(sources, files);
    const stamp = join(target, ".inputs");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return 0;
    const output = join(work, "generated");
    mkdirSync(output);
    compile(sources, files, output);
    writeFileSync(join(output, ".inputs"), key);
    replaceFolder(output, join(work, "old"));
    return readdirSync(target, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).length;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(sources, files, output) {
  const plugin = join(packageFolder("ts-proto"), "protoc-gen-ts_proto");
  const protoc = join(packageFolder("protoc"), "protoc.cjs");
  const args = [
    `--plugin=protoc-gen-ts_proto=${plugin}`,
    `--ts_proto_out=${output}`,
    `--ts_proto_opt=${options.join(",")}`,
    `--descriptor_set_out=${join(output, "descriptors.binpb")}`,
    "--include_imports",
  ];
  const result = spawnSync(process.execPath, [protoc, ...args, `--proto_path=${sources}`, ...files], {
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`protoc failed on ${relative(root, sources)}:\n${result.stderr}`);
  useOurWireFormat(output);
  writeMethodTables(readFileSync(join(output, "descriptors.binpb")), join(output, "methods"));
}

/**
 * ts-proto knows no other reader and writer than protobuf's; ours has the same methods and loads in a tenth of the time. Its
 * `bytes()` gives a Buffer of its own, which needs no second copy.
 */
function useOurWireFormat(output) {
  const ours = join(output, "../wire/index.js");
  for (const file of readdirSync(output, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  )) {
    const path = join(output, file);
    const from = relative(dirname(path), ours).replaceAll("\\", "/");
    const code = readFileSync(path, "utf8")
      .replace('"@bufbuild/protobuf/wire"', `"${from}"`)
      .replaceAll("Buffer.from(reader.bytes())", "reader.bytes()");
    writeFileSync(path, code);
  }
}

/** Renames, so that a test that runs meanwhile never sees half of the files. */
function replaceFolder(output, aside) {
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) renameSync(target, aside);
  renameSync(output, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stderr.write(`generated ${generateProtos()} files\n`);
}
