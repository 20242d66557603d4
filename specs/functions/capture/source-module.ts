import type { Variable } from "@typescript-eslint/scope-manager";
import type { Location } from "../../origin.ts";
import { findUses, type Oddity, type Reference } from "./references.ts";
import { parseModule, type Span, type Statement, type Syntax, within } from "./syntax.ts";

/** A part of a module that goes along, or stays, as a whole. */
export interface Unit extends Span {
  /** What is written of it. */
  readonly text: string;
  /** Why its kind cannot go along. */
  readonly refused: string | null;
}

export interface Import {
  readonly local: string;
  /** `*` for all of the module. */
  readonly imported: string;
  readonly specifier: string;
  /** Such as `with { type: "json" }`. */
  readonly attributes: string;
  readonly start: number;
}

/** What a module gives under a name: one of its own names, or another module's. */
export type Export =
  | { readonly kind: "local"; readonly local: string }
  | ({ readonly kind: "from" } & Omit<Import, "local">);

/** A module as text, and what is in it. */
export interface SourceModule {
  readonly file: string;
  readonly text: string;
  readonly syntax: Syntax;
  readonly references: readonly Reference[];
  readonly oddities: readonly Oddity[];
  /** By the name that it declares. */
  readonly declarations: ReadonlyMap<string, readonly Unit[]>;
  /** Statements that declare nothing. */
  readonly effects: readonly Unit[];
  readonly imports: ReadonlyMap<string, Import>;
  /** Imports for what the other module does when it is loaded. */
  readonly bareImports: readonly Import[];
  readonly exports: ReadonlyMap<string, Export>;
  /** Modules whose exports are all given on. */
  readonly stars: readonly Import[];
}

/** The default export, where it has no name of its own. */
const defaultName = "retemper_default";

/** Throws `SyntaxProblem`. */
export function readModule(file: string, text: string): SourceModule {
  const syntax = parseModule(file, text);
  const declarations = new Map<string, Unit[]>();
  const effects: Unit[] = [];
  const imports = new Map<string, Import>();
  const bareImports: Import[] = [];
  const exports = new Map<string, Export>();
  const stars: Import[] = [];
  for (const statement of syntax.program.body) readStatement(statement);
  const scope = syntax.scopes.scopes.find(({ type }) => type === "module");
  for (const variable of scope?.variables ?? []) hoist(variable);
  return { file, text, syntax, ...findUses(syntax), declarations, effects, imports, bareImports, exports, stars };

  function readStatement(statement: Statement): void {
    if (statement.type === "ImportDeclaration") readImport(statement);
    else if (statement.type === "ExportNamedDeclaration") readExport(statement);
    else if (statement.type === "ExportAllDeclaration") readStar(statement);
    else if (statement.type === "ExportDefaultDeclaration") readDefault(statement);
    else if (!declare(statement)) effects.push(unit(statement));
  }

  function readImport(statement: Extract<Statement, { type: "ImportDeclaration" }>): void {
    if (statement.importKind === "type") return;
    const common = origin(statement);
    for (const each of statement.specifiers) {
      if (each.type === "ImportSpecifier" && each.importKind === "type") continue;
      const imported =
        each.type === "ImportSpecifier"
          ? nameOf(each.imported)
          : each.type === "ImportDefaultSpecifier"
            ? "default"
            : "*";
      imports.set(each.local.name, { ...common, local: each.local.name, imported });
    }
    if (statement.specifiers.length === 0) bareImports.push({ ...common, local: "", imported: "" });
  }

  function readExport(statement: Extract<Statement, { type: "ExportNamedDeclaration" }>): void {
    if (statement.exportKind === "type") return;
    if (statement.declaration !== null) {
      declare(statement.declaration as Statement);
      for (const name of namesOf(statement.declaration)) exports.set(name, { kind: "local", local: name });
      return;
    }
    for (const { local, exported, exportKind } of statement.specifiers) {
      if (exportKind === "type") continue;
      const { source } = statement;
      exports.set(
        nameOf(exported),
        source === null
          ? { kind: "local", local: nameOf(local) }
          : { kind: "from", imported: nameOf(local), ...origin({ ...statement, source }) },
      );
    }
  }

  function readStar(statement: Extract<Statement, { type: "ExportAllDeclaration" }>): void {
    if (statement.exportKind === "type") return;
    const from = origin(statement);
    if (statement.exported !== null) exports.set(nameOf(statement.exported), { kind: "from", imported: "*", ...from });
    else stars.push({ ...from, local: "", imported: "*" });
  }

  function readDefault({ declaration }: Extract<Statement, { type: "ExportDefaultDeclaration" }>): void {
    if (declaration.type === "TSInterfaceDeclaration") return;
    const [name] = namesOf(declaration);
    exports.set("default", { kind: "local", local: name ?? defaultName });
    if (name !== undefined) declare(declaration as Statement);
    else add(defaultName, { ...unit(declaration), text: `const ${defaultName} = (${slice(declaration)});` });
  }

  /** Whether it is a declaration. */
  function declare(statement: Statement): boolean {
    if ("declare" in statement && statement.declare === true) return true;
    switch (statement.type) {
      case "VariableDeclaration":
        for (const declarator of statement.declarations) {
          const each = { ...unit(declarator), text: `${statement.kind} ${slice(declarator)};` };
          for (const name of boundBy(declarator)) add(name, each);
        }
        return true;
      case "FunctionDeclaration":
      case "ClassDeclaration":
        for (const name of namesOf(statement)) add(name, unit(statement));
        return true;
      case "TSEnumDeclaration":
      case "TSModuleDeclaration":
      case "TSImportEqualsDeclaration":
        for (const name of namesOf(statement)) add(name, { ...unit(statement), refused: refusals[statement.type] });
        return true;
      default:
        return statement.type.startsWith("TS");
    }
  }

  function add(name: string, each: Unit): void {
    declarations.set(name, [...(declarations.get(name) ?? []), each]);
  }

  /** A `var` inside a statement is the module's own. */
  function hoist({ name, defs }: Variable): void {
    if (declarations.has(name) || imports.has(name)) return;
    for (const { node } of defs) {
      const around = effects.find((each) => within({ start: node.range[0], end: node.range[1] }, each));
      if (around !== undefined) add(name, around);
    }
  }

  /** The names that a declaration, or one declarator of it, brings. */
  function namesOf(declaration: object): readonly string[] {
    if ("declarations" in declaration) return (declaration.declarations as readonly object[]).flatMap(boundBy);
    const id = "id" in declaration ? (declaration.id as { readonly name?: string } | null) : null;
    return id?.name === undefined ? [] : [id.name];
  }

  function boundBy(declarator: object): readonly string[] {
    return syntax.scopes.getDeclaredVariables(declarator as never).map(({ name }) => name);
  }

  function unit(node: Span): Unit {
    return { start: node.start, end: node.end, text: slice(node), refused: null };
  }

  function slice({ start, end }: Span): string {
    return text.slice(start, end);
  }

  function origin(statement: FromStatement): Pick<Import, "specifier" | "attributes" | "start"> {
    const attributes = statement.attributes.map(slice).join(", ");
    return {
      specifier: statement.source.value,
      attributes: attributes === "" ? "" : ` with { ${attributes} }`,
      start: statement.start,
    };
  }
}

interface FromStatement extends Span {
  readonly source: { readonly value: string };
  readonly attributes: readonly Span[];
}

const refusals = {
  TSEnumDeclaration: "is an enum, which Node does not run: take a union of strings, or an object `as const`",
  TSModuleDeclaration: "is a namespace, which Node does not run: take a module",
  TSImportEqualsDeclaration: "is imported with `import … = require(…)`, which Node does not run: write `import … from`",
} as const;

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return node.type === "Literal" ? String(node.value) : String(node.name);
}

/** Line and column, from 1, of an offset. */
export function locate({ file, text }: Pick<SourceModule, "file" | "text">, offset: number): Location {
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
