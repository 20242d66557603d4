import { distance } from "fastest-levenshtein";
import { allSteps, type Flow, type Step } from "../../../../specs/graph/flow/index.ts";
import { CommandError } from "../../user-error.ts";
import { isLoop, type Turns } from "../places.ts";

/** A step, and the iterations of the loops around it; where none is said, all. */
export interface Selection {
  readonly step: Step;
  readonly iterations: Turns;
}

/** Whether what a step does in these iterations is meant. */
export function isMeant({ step: meant, iterations }: Selection, step: Step, turns: Turns): boolean {
  return step === meant && [...iterations].every(([loop, index]) => turns.get(loop) === index);
}

/**
 * The step that a person means: by its own name, or behind names around it, as far as that is needed to tell it from
 * others: `train`, `prepare.train`, `for-loop-1[2].train`. Throws `CommandError`.
 */
export function selectStep(flow: Flow, text: string): Selection {
  const parts = text.split(/[./]/).map(readPart);
  const found = [...allSteps(flow.steps)].flatMap((step) => select(step, parts, flow) ?? []);
  const exact = found.filter(({ step }) => step.path.split("/").length === parts.length);
  const [only, ...more] = exact.length === 1 ? exact : found;
  if (only === undefined) throw unknownTask(flow, text);
  if (more.length > 0) {
    const names = found.map(({ step }) => step.path.replaceAll("/", "."));
    throw new CommandError("AMBIGUOUS_TASK", `${text} may be any of these tasks: ${names.join(", ")}.`);
  }
  return only;
}

interface Part {
  readonly name: string;
  readonly index: number | null;
}

function readPart(text: string): Part {
  const [, name = text, index] = /^(.*)\[(\d+)\]$/.exec(text) ?? [];
  return { name, index: index === undefined ? null : Number(index) };
}

/** The last part names the step itself, the others steps around it, in their order. */
function select(step: Step, parts: readonly Part[], flow: Flow): Selection | undefined {
  const keys = step.path.split("/");
  const around = keys.flatMap((_, depth) => flow.byPath.get(keys.slice(0, depth + 1).join("/")) ?? []);
  const iterations = new Map<string, number>();
  let at = around.length - 1;
  for (const [position, part] of [...parts.entries()].reverse()) {
    const isLast = position === parts.length - 1;
    while (at >= 0 && !named(around[at], part.name) && !isLast) at--;
    const match = around[at];
    if (match === undefined || !named(match, part.name)) return undefined;
    if (part.index !== null && !isLoop(match)) return undefined;
    if (part.index !== null) iterations.set(match.path, part.index);
    at--;
  }
  return { step, iterations };
}

function named(step: Step | undefined, name: string): boolean {
  return step !== undefined && (step.name === name || step.title === name);
}

function unknownTask(flow: Flow, text: string): CommandError {
  const names = [...allSteps(flow.steps)].map(({ path }) => path.replaceAll("/", "."));
  const nearest = names
    .map((name) => ({ name, far: distance(name.split(".").at(-1) ?? "", text.split(/[./]/).at(-1) ?? "") }))
    .sort((one, other) => one.far - other.far)[0];
  const meant = nearest !== undefined && nearest.far <= 3 ? ` Did you mean ${nearest.name}?` : "";
  return new CommandError("UNKNOWN_TASK", `The job has no task ${text}.${meant} It has ${names.join(", ")}.`);
}
