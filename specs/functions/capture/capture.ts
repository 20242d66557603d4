import type { Variable } from "@typescript-eslint/scope-manager";
import type { FunctionNode } from "../../nodes/index.ts";
import { findFunction } from "./find-function.ts";
import { commonJsNames, nodeGlobals } from "./globals.ts";
import type { FunctionProblem } from "./problem.ts";
import { quoted, type ReachedModule, writeModule } from "./reached-module.ts";
import type { Oddity, Reference } from "./references.ts";
import { type Import, locate, readModule, type SourceModule, type Unit } from "./source-module.ts";
import { type Span, SyntaxProblem, within } from "./syntax.ts";
import type { Modules, Target } from "./target.ts";

/** What a function needs of its own module and of those that it imports. */
export interface Captured {
  /** The author's module; it exports the function as `functionName`. */
  readonly entry: string;
  /** By file: the module's text, without what stays behind. */
  readonly modules: ReadonlyMap<string, string>;
  readonly problems: readonly FunctionProblem[];
}

/** The name that led to code, in the function itself, and where. */
interface Cause {
  readonly name: string;
  readonly module: SourceModule;
  readonly start: number;
}

/**
 * Finds all that a function uses, over every module of the author's.
 *
 * A declaration goes along if something that goes along names it. A statement that declares nothing goes along with its
 * module; where pipelines are written, only if it changes something that goes along.
 */
export async function capture(node: FunctionNode, modules: Modules): Promise<Captured> {
  const search = new Search(modules, node.name);
  const entry = node.source.file ?? `${node.name}.ts`;
  const body = await search.start(node, entry);
  const texts = new Map<string, string>();
  for (const [file, module] of search.modules) {
    if (module !== null) texts.set(file, writeModule(module, file === entry ? body : undefined));
  }
  const problems = node.source.file === null ? search.problems.map(withoutLocation) : search.problems;
  return { entry, modules: texts, problems };
}

function withoutLocation(problem: FunctionProblem): FunctionProblem {
  return { ...problem, location: null };
}

class Search {
  readonly modules = new Map<string, ReachedModule | null>();
  readonly problems: FunctionProblem[] = [];
  readonly #source: Modules;
  readonly #task: string;
  readonly #asked = new Set<string>();

  constructor(source: Modules, task: string) {
    this.#source = source;
    this.#task = task;
  }

  /** The function's text. */
  async start(node: FunctionNode, file: string): Promise<string> {
    // Without a file there is only what the function says of itself.
    const text = node.source.file === null ? `(0, ${node.source.text});` : null;
    const module = await this.#enter(file, null, text);
    if (module === null) return "undefined";
    const statement = module.source.effects[0];
    const span =
      text === null
        ? findFunction(module.source, node)
        : statement && { start: statement.start + "(0, ".length, end: statement.end - ");".length };
    if (!span) {
      const { line, column } = node.source;
      this.problems.push({
        code: "not-bundled",
        task: node.name,
        name: node.name,
        message: `The call that makes ${JSON.stringify(node.name)} is not found here: write the function as the last argument of task(…).`,
        location: { file, line, column },
      });
      return "undefined";
    }
    await this.#follow(module, span, null, span);
    while (await this.#addChanges()) {}
    return module.source.text.slice(span.start, span.end);
  }

  /** Reads a module, if it was not, and takes what goes along with it in any case. */
  async #enter(file: string, cause: Cause | null, given: string | null = null): Promise<ReachedModule | null> {
    const known = this.modules.get(file);
    if (known !== undefined) return known;
    this.modules.set(file, null);
    let source: SourceModule;
    try {
      source = readModule(file, given ?? (await this.#source.read(file)));
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      const text = given ?? (await this.#source.read(file));
      this.#report("not-bundled", file, `This is not TypeScript: ${error.message}.`, { file, text }, error.start);
      return null;
    }
    const targets = new Map<string, Target>();
    const specifiers = [
      ...[...source.imports.values(), ...source.bareImports, ...source.stars].map(({ specifier }) => specifier),
      ...[...source.exports.values()].flatMap((each) => (each.kind === "from" ? [each.specifier] : [])),
    ];
    for (const each of new Set(specifiers)) targets.set(each, await this.#source.resolve(each, file));
    const authoring = given !== null || [...targets.values()].some(({ kind }) => kind === "language");
    const module: ReachedModule = {
      source,
      targets,
      authoring,
      units: new Set(),
      imports: new Set(),
      exports: new Map(),
    };
    this.modules.set(file, module);
    if (authoring) return module;
    for (const each of source.bareImports)
      await this.#import(module, each, cause ?? { name: file, module: source, start: 0 });
    for (const each of source.effects) await this.#take(module, each, cause);
    return module;
  }

  async #take(module: ReachedModule, unit: Unit, cause: Cause | null): Promise<void> {
    if (module.units.has(unit)) return;
    module.units.add(unit);
    await this.#follow(module, unit, cause);
  }

  /** Goes after all that a part of a module uses. */
  async #follow(module: ReachedModule, part: Span, cause: Cause | null, body?: Span): Promise<void> {
    for (const oddity of module.source.oddities) {
      if (within(oddity, part)) await this.#checkOddity(module, oddity, body);
    }
    for (const reference of module.source.references) {
      if (!within(reference, part)) continue;
      const { variable, name, start } = reference;
      if (variable !== null && isInside(variable, part)) continue;
      if (variable !== null && variable.scope.type !== "module") this.#refuseClosure(module, reference, variable);
      else await this.#name(module, reference, cause ?? { name, module: module.source, start });
    }
  }

  async #name(module: ReachedModule, reference: Reference, cause: Cause): Promise<void> {
    const { name, variable } = reference;
    if (variable !== null && (await this.#local(module, name, cause, reference))) return;
    this.#checkGlobal(module.source, reference);
  }

  /** Takes what a module means by a name, if it declares or imports it. */
  async #local(module: ReachedModule, name: string, cause: Cause, reference?: Reference): Promise<boolean> {
    const imported = module.source.imports.get(name);
    if (imported !== undefined) {
      await this.#import(module, imported, cause, reference);
      return true;
    }
    const units = module.source.declarations.get(name) ?? [];
    for (const unit of units) {
      if (unit.refused === null) await this.#take(module, unit, cause);
      else this.#report("uncaptured", name, `${name} ${unit.refused}.`, module.source, reference?.start ?? unit.start);
    }
    return units.length > 0;
  }

  async #import(module: ReachedModule, imported: Import, cause: Cause, reference?: Reference): Promise<void> {
    const { source, targets } = module;
    const target = targets.get(imported.specifier) ?? { kind: "missing" };
    module.imports.add(imported);
    const wanted = imported.imported === "*" && reference?.member ? reference.member : imported.imported;
    if (target.kind === "language") return this.#refuseLanguage(source, imported, cause, reference);
    await this.#wantFrom(target, wanted, imported.specifier, cause, {
      source,
      start: reference?.start ?? imported.start,
    });
  }

  /** Goes after what another module gives under a name: `*` for all that it gives, nothing for its own effects. */
  async #wantFrom(
    target: Target,
    wanted: string,
    specifier: string,
    cause: Cause,
    at: { readonly source: SourceModule; readonly start: number },
  ): Promise<void> {
    if (target.kind === "missing") return this.#refuseMissing(specifier, at.source, at.start);
    if (target.kind !== "module") return;
    const module = await this.#enter(target.file, cause);
    if (module === null || wanted === "") return;
    const names = wanted === "*" ? await this.#exportsOf(module, new Set()) : [wanted];
    for (const name of names) {
      if (await this.#want(module, name, cause)) continue;
      const message = `${specifier} has no export ${JSON.stringify(name)}.`;
      this.#report("uncaptured", name, message, at.source, at.start);
    }
  }

  /** Whether the module gives this name; if so, it goes along. */
  async #want(module: ReachedModule, name: string, cause: Cause): Promise<boolean> {
    const { source, targets } = module;
    const key = `${source.file}\n${name}`;
    if (this.#asked.has(key)) return true;
    const found = source.exports.get(name);
    if (found === undefined) return name !== "default" && this.#wantFromStars(module, name, cause);
    this.#asked.add(key);
    if (found.kind === "local") {
      module.exports.set(name, `export { ${found.local} as ${quoted(name)} };`);
      return this.#local(module, found.local, cause);
    }
    const { imported, specifier, attributes } = found;
    const renamed = imported === "*" ? `* as ${quoted(name)}` : `{ ${quoted(imported)} as ${quoted(name)} }`;
    module.exports.set(name, `export ${renamed} from ${JSON.stringify(specifier)}${attributes};`);
    const target = targets.get(specifier) ?? { kind: "missing" };
    if (target.kind === "language") {
      this.#refuseLanguage(source, { local: name, imported, specifier, attributes, start: 0 }, cause);
    } else await this.#wantFrom(target, imported, specifier, cause, { source, start: 0 });
    return true;
  }

  async #wantFromStars(module: ReachedModule, name: string, cause: Cause): Promise<boolean> {
    for (const { specifier, attributes } of module.source.stars) {
      const target = module.targets.get(specifier);
      if (target?.kind !== "module") continue;
      const other = await this.#enter(target.file, cause);
      if (other === null || !(await this.#want(other, name, cause))) continue;
      module.exports.set(name, `export { ${quoted(name)} } from ${JSON.stringify(specifier)}${attributes};`);
      return true;
    }
    const unseen = module.source.stars.filter(({ specifier }) =>
      ["whole", "external"].includes(module.targets.get(specifier)?.kind ?? ""),
    );
    for (const { specifier, attributes } of unseen) {
      module.exports.set(`*${specifier}`, `export * from ${JSON.stringify(specifier)}${attributes};`);
    }
    return unseen.length > 0;
  }

  async #exportsOf(module: ReachedModule, seen: Set<string>): Promise<readonly string[]> {
    if (seen.has(module.source.file)) return [];
    seen.add(module.source.file);
    const names = new Set(module.source.exports.keys());
    for (const { specifier } of module.source.stars) {
      const target = module.targets.get(specifier);
      const other = target?.kind === "module" ? await this.#enter(target.file, null) : null;
      if (other === null) continue;
      for (const name of await this.#exportsOf(other, seen)) if (name !== "default") names.add(name);
    }
    return [...names];
  }

  /** Where pipelines are written: statements that change something that goes along. Whether there was one. */
  async #addChanges(): Promise<boolean> {
    let found = false;
    for (const module of [...this.modules.values()]) {
      if (module === null || !module.authoring) continue;
      for (const unit of module.source.effects) {
        if (module.units.has(unit)) continue;
        const change = module.source.references.find(
          (each) => each.changes && within(each, unit) && goesAlong(module, each.name),
        );
        if (change === undefined) continue;
        found = true;
        await this.#take(module, unit, { name: change.name, module: module.source, start: change.start });
      }
    }
    return found;
  }

  async #checkOddity(module: ReachedModule, oddity: Oddity, body: Span | undefined): Promise<void> {
    const { source } = module;
    const { kind, start } = oddity;
    switch (kind) {
      case "this":
        if (body === undefined || (oddity.owner && isStrictlyWithin(oddity.owner, body))) return;
        return this.#report(
          "uncaptured",
          "this",
          "this has no meaning in the function of a task: it is called by itself.",
          source,
          start,
        );
      case "import.meta": {
        const message =
          "import.meta is that of the program in the cloud, where this file and those beside it are not. Give the task what it names as an input.";
        return this.#report("uncaptured", kind, message, source, start);
      }
      case "import()": {
        const { specifier } = oddity;
        if (typeof specifier !== "string") {
          const message =
            "import(…) of a name that is known only when the task runs cannot be bundled: write the name out.";
          return this.#report("uncaptured", kind, message, source, start);
        }
        const cause: Cause = { name: specifier, module: source, start };
        const target = await this.#source.resolve(specifier, source.file);
        if (target.kind !== "language") return this.#wantFrom(target, "*", specifier, cause, { source, start });
        const imported = { local: specifier, imported: "*", specifier, attributes: "", start };
        return this.#refuseLanguage(source, imported, cause);
      }
    }
  }

  #checkGlobal(source: SourceModule, { name, start, probed }: Reference): void {
    if (probed || nodeGlobals.has(name)) return;
    const message = commonJsNames.has(name)
      ? `${name} is there only in CommonJS modules, and the program is an ES module.`
      : `${name} is declared nowhere in this module, and Node has no such global: declare it, or import it.`;
    this.#report("uncaptured", name, message, source, start);
  }

  #refuseClosure({ source }: ReachedModule, { name, start }: Reference, variable: Variable): void {
    const [declared] = variable.defs;
    const where = declared === undefined ? "" : ` (line ${locate(source, declared.name.range[0]).line})`;
    const message = `${name} is a variable of the function or block around the task's function${where}, which is gone when the task runs. Make it an input of the component, or declare it at the top of the module.`;
    this.#report("uncaptured", name, message, source, start);
  }

  #refuseLanguage(
    source: SourceModule,
    { imported, specifier, start }: Import,
    cause: Cause,
    reference?: Reference,
  ): void {
    const direct = reference !== undefined && cause.module === source && cause.start === reference.start;
    const { line } = locate(source, reference?.start ?? start);
    const what = imported === "*" || imported === "" ? "" : `${imported} of `;
    const message = direct
      ? `${cause.name} is ${what}${specifier}, the language that pipelines are written in, which is not there when the task runs.`
      : `${cause.name} needs ${what}${specifier} (${source.file}:${line}), the language that pipelines are written in, which is not there when the task runs. Give the task what it needs of it as an input.`;
    this.#report("uncaptured", cause.name, message, cause.module, cause.start);
  }

  #refuseMissing(specifier: string, source: SourceModule, start: number): void {
    const message = /^(\.|\/|#|file:)/.test(specifier)
      ? `${specifier} is not found.`
      : `${specifier} is neither installed here nor among the packages of the task: install it, or list it under \`packages\` with its version.`;
    this.#report("uncaptured", specifier, message, source, start);
  }

  #report(
    code: FunctionProblem["code"],
    name: string,
    message: string,
    source: Pick<SourceModule, "file" | "text">,
    start: number,
  ): void {
    const location = locate(source, start);
    const known = this.problems.some(
      (each) => each.name === name && each.message === message && each.location?.file === location.file,
    );
    if (!known) this.problems.push({ code, task: this.#task, name, message, location });
  }
}

function isInside({ scope }: Variable, part: Span): boolean {
  const [start, end] = scope.block.range;
  return scope.type !== "module" && scope.type !== "global" && within({ start, end }, part);
}

function isStrictlyWithin(inner: Span, outer: Span): boolean {
  return within(inner, outer) && (inner.start > outer.start || inner.end < outer.end);
}

/** Also what is imported from where something that goes along comes from. */
function goesAlong({ source, units, imports }: ReachedModule, name: string): boolean {
  if (source.declarations.get(name)?.some((unit) => units.has(unit))) return true;
  const specifier = source.imports.get(name)?.specifier;
  return specifier !== undefined && [...imports].some((each) => each.specifier === specifier);
}
