import { expect, test } from "vitest";
import { runCommand } from "../run-command.js";

/** The tool is plain JavaScript, to run before anything is built: a test asks it as a process. */
async function merge(base: string, supplement: string): Promise<string> {
  const program = `import { mergeSupplement } from "./tools/generate-protos/merge-supplement.mjs";
    const [base, supplement] = process.argv.slice(1);
    process.stdout.write(mergeSupplement(base, supplement));`;
  return await runCommand(process.execPath, ["--input-type=module", "--eval", program, "--", base, supplement]);
}

const base = `syntax = "proto3";
import "a.proto";
option go_package = "x";

// A brace in a comment: }
message One {
  string name = 1 [json_name = "}"];
  message Inner { int32 depth = 1; }
}
service Calls { rpc Get(One) returns (One) {} }
`;

test("a supplement adds members to the block of the same name, after those that are there", async () => {
  const merged = await merge(base, 'syntax = "proto3";\nmessage One {\n  // Ours.\n  int32 size = 2;\n}\n');
  expect(merged).toBe(`${base.replace("depth = 1; }\n", "depth = 1; }\n\n  // Ours.\n  int32 size = 2;\n")}\n`);
});

test("a supplement adds methods to a service, and to a message of that name nothing", async () => {
  const merged = await merge(base, "service Calls { rpc Put(One) returns (One) {} }\nmessage Calls {}\n");
  expect(merged).toContain("{ rpc Get(One) returns (One) {}  rpc Put(One) returns (One) {} }");
  expect(merged.trimEnd()).toMatch(/\nmessage Calls \{\}$/);
});

test("a supplement adds whole blocks with their comments, and the imports that are missing", async () => {
  const supplement = 'syntax = "proto3";\nimport "a.proto";\nimport "b.proto";\n\n// New.\nmessage Two {}\n';
  const merged = await merge(base, supplement);
  expect(merged.trimEnd().endsWith("// New.\nmessage Two {}")).toBe(true);
  expect(merged.match(/import "a\.proto";/g)).toHaveLength(1);
  expect(merged).toContain('option go_package = "x";\nimport "b.proto";\n');
});

test("what stands in both stays twice, for protoc to refuse", async () => {
  expect((await merge(base, "message One { string name = 1; }")).match(/string name = 1/g)).toHaveLength(2);
});
