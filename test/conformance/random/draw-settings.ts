import type { Choices } from "./choices.ts";
import type { Argument, Callable, Reference, Resource, Settings } from "./model.ts";
import { canBeMarked, canBeQuantity } from "./python-mistakes.ts";
import type { Scope } from "./scope.ts";

/** What a task is told. */
export function drawSettings(
  choices: Choices,
  callable: Callable,
  given: Readonly<Record<string, Argument>>,
  scope: Scope,
): Settings {
  if (choices.chance(35)) return {};
  const after = [...new Set(choices.some(scope.waitable.slice(-4), 25))];
  return {
    ...(after.length > 0 && { after }),
    ...(choices.chance(20) && { displayName: choices.of(["Shown", "Shown so: é", "1"]) }),
    ...(choices.chance(20) && { cache: choices.of<boolean | string>([false, "key", true]) }),
    ...(choices.chance(20) && { retry: drawRetry(choices) }),
    ...(callable.kind === "container" && drawContainerSettings(choices, scope)),
    ...(choices.chance(20) && canIgnoreFailure(callable, given) && { ignoreUpstreamFailure: true }),
  };
}

function drawRetry(choices: Choices) {
  return {
    count: choices.upTo(5),
    ...(choices.chance(60) && { backoffSeconds: choices.of([5, 0, 90]) }),
    ...(choices.chance(60) && { backoffFactor: choices.of([3, 1.5, 1]) }),
    ...(choices.chance(60) && { backoffMaxSeconds: choices.of([60, 7200]) }),
  };
}

function drawContainerSettings(choices: Choices, scope: Scope): Settings {
  const resources: Partial<Record<Resource, string | Reference>> = {
    ...(choices.chance(25) && { cpuLimit: choices.of(["4", "500m", "0.5"]) }),
    ...(choices.chance(10) && { cpuRequest: choices.of(["1", "250m"]) }),
    ...(choices.chance(25) && { memoryLimit: choices.of(["16G", "512Mi", "1Ti", "1000000"]) }),
    ...(choices.chance(10) && { memoryRequest: choices.of(["1Gi", "100M"]) }),
    ...(choices.chance(15) && {
      acceleratorType: choices.of(["NVIDIA_TESLA_T4", "NVIDIA_L4"]),
      acceleratorCount: choices.of(["1", "2"]),
    }),
  };
  const quantities = textsOf(scope.where((value) => canBeQuantity(value, scope.around === "pipeline")));
  for (const resource of Object.keys(resources) as Resource[]) {
    const value = choices.chance(40) ? choices.maybeOf(quantities) : undefined;
    if (value !== undefined) resources[resource] = value;
  }
  return {
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(choices.chance(20) && { environment: { MODE: choices.of(["fast", "", "it's"]), LEVEL: "2" } }),
    ...(choices.chance(12) && { image: choices.maybeOf(textsOf(scope.where(canBeMarked))) ?? "another-image:1" }),
  };
}

function textsOf({ values }: Scope): readonly Reference[] {
  return values.flatMap(({ reference, type, optional }) =>
    type.kind === "parameter" && type.type === "string" && !optional ? [reference] : [],
  );
}

/** Where every input is given, and each that a task makes could be left out. */
function canIgnoreFailure({ inputs }: Callable, given: Readonly<Record<string, Argument>>): boolean {
  return inputs.every(({ name, optional }) => {
    const value = given[name];
    return value !== undefined && (optional || value.kind === "constant" || value.kind === "input");
  });
}
