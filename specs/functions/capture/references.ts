import type { Scope, Variable } from "@typescript-eslint/scope-manager";
import { child, children, field, type Span, type Syntax, type SyntaxNode, walk, within } from "./syntax.ts";

/** A name where it is used as a value. */
export interface Reference extends Span {
  readonly name: string;
  /** Null where no declaration of the module's own stands behind it. */
  readonly variable: Variable | null;
  /** Whether the code there may change what it stands for. */
  readonly changes: boolean;
  /** Whether it is in a function, which may run later, or never. */
  readonly deferred: boolean;
  /** The member that is read of it, where it is a single known one. */
  readonly member: string | null;
  /** Whether only its type is asked for, as in `typeof window === "undefined"`. */
  readonly probed: boolean;
}

/** What else in a module can keep a function from standing alone. */
export interface Oddity extends Span {
  readonly kind: "this" | "import.meta" | "import()";
  /** Of `this`: the function or class that gives it its meaning. */
  readonly owner?: Span | null;
  /** Of `import()`: what it imports, where that is written out. */
  readonly specifier?: string | null;
}

export interface Uses {
  readonly references: readonly Reference[];
  readonly oddities: readonly Oddity[];
}

/** What a module's code uses, in the order of the text. */
export function findUses({ program, scopes }: Syntax): Uses {
  const context = new Map<number, Pick<Reference, "member" | "probed">>();
  const changed = new Set<number>();
  const types: Span[] = [];
  const oddities: Oddity[] = [];
  walk(program, (node, around) => {
    if (node.type === "TSTypeQuery") types.push(node);
    if (node.type === "Identifier") context.set(node.start, contextOf(node, around.at(-1)));
    for (const target of changedBy(node)) changed.add(rootOf(target).start);
    const oddity = oddityOf(node, around);
    if (oddity !== null) oddities.push(oddity);
  });
  const references = scopes.scopes
    .flatMap((scope: Scope) => scope.references)
    .filter((each) => each.isValueReference)
    .map((each): Reference => {
      const { identifier, resolved } = each;
      const [start, end] = identifier.range;
      return {
        name: "name" in identifier ? String(identifier.name) : "",
        start,
        end,
        variable: resolved !== null && resolved.defs.length > 0 ? resolved : argumentsOf(resolved),
        changes: changed.has(start) || each.isWrite(),
        deferred: each.from.variableScope.type !== "module",
        ...(context.get(start) ?? { member: null, probed: false }),
      };
    })
    .filter((each) => !types.some((type) => within(each, type)))
    .sort((a, b) => a.start - b.start);
  return { references, oddities };
}

/** `arguments` of a function: a variable that nobody declares. */
function argumentsOf(variable: Variable | null): Variable | null {
  return variable !== null && variable.scope.type === "function" ? variable : null;
}

function contextOf(node: SyntaxNode, parent: SyntaxNode | undefined): Pick<Reference, "member" | "probed"> {
  const member =
    parent?.type === "MemberExpression" && child(parent, "object") === node && field(parent, "computed") === false
      ? child(parent, "property")
      : null;
  return {
    member: member === null ? null : String(field(member, "name")),
    probed: parent?.type === "UnaryExpression" && field(parent, "operator") === "typeof",
  };
}

function changedBy(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.type) {
    case "AssignmentExpression":
    case "ForInStatement":
    case "ForOfStatement":
      return present(child(node, "left"));
    case "UpdateExpression":
      return present(child(node, "argument"));
    case "UnaryExpression":
      return field(node, "operator") === "delete" ? present(child(node, "argument")) : [];
    case "CallExpression":
      return changedByCall(node);
    default:
      return [];
  }
}

/** A method may change what it is called on; `Object.assign` and its like change their first argument. */
function changedByCall(call: SyntaxNode): readonly SyntaxNode[] {
  const callee = child(call, "callee");
  if (callee?.type !== "MemberExpression") return [];
  const object = child(callee, "object");
  if (object?.type === "Identifier" && ["Object", "Reflect"].includes(String(field(object, "name")))) {
    return children(call, "arguments").slice(0, 1);
  }
  return present(object);
}

/** The name at the head of `name.field[0].method().more`. */
function rootOf(node: SyntaxNode): SyntaxNode {
  const inner =
    child(node, "object") ?? child(node, "callee") ?? (wrappers.has(node.type) ? child(node, "expression") : null);
  return inner === null ? node : rootOf(inner);
}

const wrappers: ReadonlySet<string> = new Set([
  "ChainExpression",
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
]);

function oddityOf(node: SyntaxNode, around: readonly SyntaxNode[]): Oddity | null {
  const { start, end } = node;
  switch (node.type) {
    case "ThisExpression": {
      const owner = around.findLast(({ type }) => givesThis.has(type)) ?? null;
      return { kind: "this", start, end, owner };
    }
    case "MetaProperty":
      return field(node, "meta") !== null && String(field(child(node, "meta") ?? node, "name")) === "import"
        ? { kind: "import.meta", start, end }
        : null;
    case "ImportExpression": {
      const source = child(node, "source");
      const value = source?.type === "Literal" ? field(source, "value") : null;
      return { kind: "import()", start, end, specifier: typeof value === "string" ? value : null };
    }
    default:
      return null;
  }
}

const givesThis: ReadonlySet<string> = new Set(["FunctionDeclaration", "FunctionExpression", "ClassBody"]);

function present(node: SyntaxNode | null): readonly SyntaxNode[] {
  return node === null ? [] : [node];
}
