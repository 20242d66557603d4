import type { Variable } from "@typescript-eslint/scope-manager";
import type { FunctionNode } from "../../nodes/index.ts";
import { type Cause, Complaints, type Place } from "./complaints.ts";
import { findFunction } from "./find-function.ts";
import type { FunctionProblem } from "./problem.ts";
import { exportFrom, exportLocal, exportStar, type ReachedModule, writeModule } from "./reached-module.ts";
import type { Oddity, Reference } from "./references.ts";
import { type Import, readModule, type SourceModule, type Unit } from "./source-module.ts";
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

/**
 * Finds all that a function uses, over every module of the author's.
 *
 * A declaration goes along if something that goes along names it. A statement that declares nothing goes along with its
 * module; where pipelines are written, only if it changes something that goes along.
 */
export async function capture(node: FunctionNode, modules: Modules): Promise<Captured> {
  const complaints = new Complaints(node.name);
  // Without a file there is only what the function says of itself.
  const alone = node.source.file === null;
  const entry = node.source.file ?? `${node.name}.ts`;
  const own = `const ${aloneName} = ${node.source.text};`;
  const source = alone ? { ...modules, read: () => Promise.resolve(own) } : modules;
  const search = new Search(entry, source, complaints);
  const body = await search.run((module) => (alone ? aloneSpan(module) : findFunction(module, node)), node);
  const texts = [...search.modules].flatMap(([file, module]) =>
    module === null ? [] : [[file, writeModule(module, file === entry ? body : undefined)] as const],
  );
  const problems = complaints.sorted(entry);
  return {
    entry,
    modules: new Map(texts),
    problems: alone ? problems.map((each) => ({ ...each, location: null })) : problems,
  };
}

const aloneName = "retemper_alone";

function aloneSpan({ text, declarations }: SourceModule): Span | null {
  const [unit] = declarations.get(aloneName) ?? [];
  return unit === undefined ? null : { start: text.indexOf("=", unit.start) + 1, end: unit.end };
}

class Search {
  readonly modules = new Map<string, ReachedModule | null>();
  readonly #entry: string;
  readonly #source: Modules;
  readonly #complaints: Complaints;
  readonly #wanted = new Set<string>();

  constructor(entry: string, source: Modules, complaints: Complaints) {
    this.#entry = entry;
    this.#source = source;
    this.#complaints = complaints;
  }

  /** The function's text, once all that it uses is found. */
  async run(find: (module: SourceModule) => Span | null, { name, source }: FunctionNode): Promise<string> {
    const module = await this.#enter(this.#entry, null);
    if (module === null) return "undefined";
    const span = find(module.source);
    if (span === null) {
      const lines = module.source.text.split("\n").slice(0, Math.max(source.line - 1, 0));
      const start = lines.reduce((offset, line) => offset + line.length + 1, source.column - 1);
      this.#complaints.notFound(name, { module: module.source, start });
      return "undefined";
    }
    await this.#follow(module, span, null, span);
    while (await this.#takeChanges());
    return module.source.text.slice(span.start, span.end);
  }

  /** Reads a module the first time, and takes what goes along with it in any case. */
  async #enter(file: string, cause: Cause | null): Promise<ReachedModule | null> {
    const known = this.modules.get(file);
    if (known !== undefined) return known;
    this.modules.set(file, null);
    const source = await this.#read(file);
    if (source === null) return null;
    const targets = new Map<string, Target>();
    for (const each of specifiersOf(source)) targets.set(each, await this.#source.resolve(each, file));
    const authoring = file === this.#entry || [...targets.values()].some(({ kind }) => kind === "language");
    const module = {
      source,
      targets,
      authoring,
      units: new Set<Unit>(),
      imports: new Set<Import>(),
      exports: new Map(),
    };
    this.modules.set(file, module);
    if (authoring) return module;
    for (const each of source.bareImports) {
      await this.#import(module, each, cause ?? { name: each.specifier, module: source, start: each.start });
    }
    for (const each of source.effects) await this.#take(module, each, cause);
    return module;
  }

  async #read(file: string): Promise<SourceModule | null> {
    const text = await this.#source.read(file);
    try {
      return readModule(file, text);
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.#complaints.notTypeScript(error.message, { module: { file, text }, start: error.start });
      return null;
    }
  }

  async #take(module: ReachedModule, unit: Unit, cause: Cause | null): Promise<void> {
    if (module.units.has(unit)) return;
    module.units.add(unit);
    await this.#follow(module, unit, cause);
  }

  /** Goes after all that a part of a module uses. */
  async #follow(module: ReachedModule, part: Span, cause: Cause | null, body?: Span): Promise<void> {
    const { source } = module;
    for (const oddity of source.oddities) {
      if (within(oddity, part)) await this.#checkOddity(source, oddity, body);
    }
    for (const reference of source.references) {
      const { variable, name, start } = reference;
      if (!within(reference, part) || (variable !== null && isInside(variable, part))) continue;
      if (variable !== null && variable.scope.type !== "module") {
        this.#complaints.closure(reference, variable, source);
      } else if (
        variable === null ||
        !(await this.#name(module, name, cause ?? { name, module: source, start }, reference))
      ) {
        this.#complaints.unknown(reference, source);
      }
    }
  }

  /** Takes what a module means by a name, if it declares or imports it. */
  async #name(module: ReachedModule, name: string, cause: Cause, reference?: Reference): Promise<boolean> {
    const { source } = module;
    const imported = source.imports.get(name);
    if (imported !== undefined) {
      await this.#import(module, imported, cause, reference);
      return true;
    }
    const units = source.declarations.get(name) ?? [];
    for (const unit of units) {
      if (unit.refused === null) await this.#take(module, unit, cause);
      else this.#complaints.refused(name, unit.refused, { module: source, start: reference?.start ?? unit.start });
    }
    return units.length > 0;
  }

  async #import(module: ReachedModule, imported: Import, cause: Cause, reference?: Reference): Promise<void> {
    module.imports.add(imported);
    // Of `import * as all`, `all.one` needs one name.
    const whole = imported.imported === "*" && reference?.member ? reference.member : imported.imported;
    await this.#wantFrom(module, imported.specifier, whole, cause, reference?.start ?? imported.start);
  }

  /** Goes after what another module gives under a name: `*` for all, nothing for what it does when it is loaded. */
  async #wantFrom(
    { source, targets }: ReachedModule,
    specifier: string,
    name: string,
    cause: Cause,
    start: number,
  ): Promise<void> {
    const target = targets.get(specifier) ?? { kind: "missing" };
    await this.#wantOf(target, specifier, name, cause, { module: source, start });
  }

  async #wantOf(target: Target, specifier: string, name: string, cause: Cause, place: Place): Promise<void> {
    if (target.kind === "missing") this.#complaints.missingModule(specifier, place);
    if (target.kind === "language") {
      this.#complaints.language(cause, { ...place, name: ["*", ""].includes(name) ? specifier : name });
    }
    if (target.kind !== "module") return;
    const module = await this.#enter(target.file, cause);
    if (module === null || name === "") return;
    for (const each of name === "*" ? await this.#exportsOf(module) : [name]) {
      if (!(await this.#want(module, each, cause))) this.#complaints.missingExport(specifier, each, place);
    }
  }

  /** Whether the module gives this name; if so, it goes along. */
  async #want(module: ReachedModule, name: string, cause: Cause): Promise<boolean> {
    const found = module.source.exports.get(name);
    if (found === undefined) return name !== "default" && this.#wantOfStars(module, name, cause);
    const key = `${module.source.file}\n${name}`;
    if (this.#wanted.has(key)) return true;
    this.#wanted.add(key);
    if (found.kind === "local") {
      module.exports.set(name, exportLocal(found.local, name));
      return this.#name(module, found.local, cause);
    }
    module.exports.set(name, exportFrom(found, name));
    await this.#wantFrom(module, found.specifier, found.imported, cause, found.start);
    return true;
  }

  async #wantOfStars(module: ReachedModule, name: string, cause: Cause): Promise<boolean> {
    const unseen: Import[] = [];
    for (const star of module.source.stars) {
      const target = module.targets.get(star.specifier) ?? { kind: "missing" };
      if (target.kind === "whole" || target.kind === "external") unseen.push(star);
      const other = target.kind === "module" ? await this.#enter(target.file, cause) : null;
      if (other === null || !(await this.#want(other, name, cause))) continue;
      module.exports.set(name, exportFrom({ ...star, imported: name }, name));
      return true;
    }
    for (const star of unseen) module.exports.set(`* ${star.specifier}`, exportStar(star));
    return unseen.length > 0;
  }

  async #exportsOf(module: ReachedModule, seen = new Set<ReachedModule>()): Promise<readonly string[]> {
    if (seen.has(module)) return [];
    seen.add(module);
    const names = new Set(module.source.exports.keys());
    for (const { specifier } of module.source.stars) {
      const target = module.targets.get(specifier);
      const other = target?.kind === "module" ? await this.#enter(target.file, null) : null;
      const given = other === null ? [] : await this.#exportsOf(other, seen);
      for (const name of given) if (name !== "default") names.add(name);
    }
    return [...names];
  }

  /** Where pipelines are written: statements that change something that goes along. Whether there was one. */
  async #takeChanges(): Promise<boolean> {
    let found = false;
    for (const module of [...this.modules.values()]) {
      if (module === null || !module.authoring) continue;
      const { source, units } = module;
      for (const unit of source.effects.filter((each) => !units.has(each))) {
        const references = source.references.filter((each) => within(each, unit));
        // What a pipeline's or a component's function would change, it changes later.
        const authors = references.some(({ name }) => isLanguage(module, name));
        const change = references.find(
          (each) => each.changes && !(authors && each.deferred) && goesAlong(module, each.name),
        );
        if (change === undefined) continue;
        found = true;
        await this.#take(module, unit, { name: change.name, module: source, start: change.start });
      }
    }
    return found;
  }

  async #checkOddity(source: SourceModule, oddity: Oddity, body: Span | undefined): Promise<void> {
    const { kind, start, specifier, owner } = oddity;
    if (kind === "this" && (body === undefined || (owner && isStrictlyWithin(owner, body)))) return;
    if (kind !== "import()" || !specifier) return this.#complaints.odd(oddity, source);
    const target = await this.#source.resolve(specifier, source.file);
    await this.#wantOf(target, specifier, "*", { name: specifier, module: source, start }, { module: source, start });
  }
}

function specifiersOf({ imports, bareImports, stars, exports }: SourceModule): ReadonlySet<string> {
  const given = [...exports.values()].flatMap((each) => (each.kind === "from" ? [each] : []));
  return new Set([...imports.values(), ...bareImports, ...stars, ...given].map(({ specifier }) => specifier));
}

function isInside({ scope }: Variable, part: Span): boolean {
  const [start, end] = scope.block.range;
  return scope.type !== "module" && scope.type !== "global" && within({ start, end }, part);
}

function isStrictlyWithin(inner: Span, outer: Span): boolean {
  return within(inner, outer) && (inner.start > outer.start || inner.end < outer.end);
}

function isLanguage({ source, targets }: ReachedModule, name: string): boolean {
  return targets.get(source.imports.get(name)?.specifier ?? "")?.kind === "language";
}

/** Also what is imported from where something that goes along comes from. */
function goesAlong({ source, units, imports }: ReachedModule, name: string): boolean {
  if (source.declarations.get(name)?.some((unit) => units.has(unit))) return true;
  const specifier = source.imports.get(name)?.specifier;
  return specifier !== undefined && [...imports].some((each) => each.specifier === specifier);
}
