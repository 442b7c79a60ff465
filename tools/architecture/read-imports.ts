import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** One import or re-export of a source file. */
export interface SourceImport {
  /** Relative to the package's folder, with forward slashes. */
  readonly file: string;
  readonly specifier: string;
  /** `type` leaves nothing at run time, `dynamic` is loaded when its line runs. */
  readonly kind: "static" | "dynamic" | "type";
}

type Found = Omit<SourceImport, "file">;

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function readNode(node: ts.Node): Found | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    const specifier = node.moduleSpecifier;
    if (ts.isStringLiteral(specifier)) return { specifier: specifier.text, kind: isTypeOnly(node) ? "type" : "static" };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, kind: "type" };
  }
  if (ts.isCallExpression(node)) return readCall(node);
  return undefined;
}

function readCall(node: ts.CallExpression): Found | undefined {
  const [argument] = node.arguments;
  if (!argument || !ts.isStringLiteralLike(argument)) return undefined;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return { specifier: argument.text, kind: "dynamic" };
  const called = node.expression.getText();
  return called === "require" || called === "require.resolve"
    ? { specifier: argument.text, kind: "static" }
    : undefined;
}

function readFile(folder: string, file: string): SourceImport[] {
  const source = ts.createSourceFile(file, readFileSync(join(folder, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: SourceImport[] = [];
  const visit = (node: ts.Node): void => {
    const one = readNode(node);
    if (one) found.push({ file, ...one });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Every import in the TypeScript files of a package, generated code and declaration files included.
 *
 * @param folder - of the package
 * @param under - the folder in it that is read, `src` or `dist`
 */
export function readImports(folder: string, under = "src"): readonly SourceImport[] {
  return readdirSync(join(folder, under), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[cm]?ts$/.test(file))
    .sort()
    .flatMap((file) => readFile(folder, `${under}/${file.replaceAll("\\", "/")}`));
}

/** The package that a specifier names; undefined for a relative path and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|\/|node:|#)/.test(specifier)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}
