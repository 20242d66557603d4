import { VertexError } from "../wire/errors.ts";
import type { MetricSpecMessage, ParameterSpecMessage } from "./records.ts";
import type { Child, Domain, Parameter, Scale } from "./study/space.ts";

const scales: Readonly<Record<string, Scale>> = {
  SCALE_TYPE_UNSPECIFIED: "linear",
  UNIT_LINEAR_SCALE: "linear",
  UNIT_LOG_SCALE: "log",
  UNIT_REVERSE_LOG_SCALE: "reverse-log",
};

/** Throws INVALID_ARGUMENT, at the first problem, naming the parameter. */
export function parseParameters(specs: readonly ParameterSpecMessage[] = []): readonly Parameter[] {
  const parameters = specs.map(parseParameter);
  const ids = parameters.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (parameters.length === 0) throw invalid("", "at least one parameter is required");
  if (twice !== undefined) throw invalid(twice, "is there twice");
  return parameters;
}

/** Higher is better: what a metric's values are multiplied with. */
export function signOf({ goal }: MetricSpecMessage): 1 | -1 {
  return goal === "MINIMIZE" ? -1 : 1;
}

function parseParameter(spec: ParameterSpecMessage): Parameter {
  const { parameterId: id = "", conditionalParameterSpecs = [] } = spec;
  if (!/^\S+$/.test(id)) throw invalid(id, "parameter_id is required, without spaces");
  const domain = parseDomain(id, spec);
  const children = conditionalParameterSpecs.map((condition): Child => {
    const { parentDiscreteValues, parentIntValues, parentCategoricalValues, parameterSpec = {} } = condition;
    const values =
      parentCategoricalValues?.values ?? parentIntValues?.values?.map(Number) ?? parentDiscreteValues?.values ?? [];
    if (values.length === 0) throw invalid(id, "a conditional parameter needs values of its parent");
    return { values, parameter: parseParameter(parameterSpec) };
  });
  return { id, domain, children };
}

function parseDomain(id: string, { scaleType = "SCALE_TYPE_UNSPECIFIED", ...spec }: ParameterSpecMessage): Domain {
  const scale = scales[scaleType] ?? "linear";
  const { doubleValueSpec, integerValueSpec, categoricalValueSpec, discreteValueSpec } = spec;
  if (categoricalValueSpec !== undefined) {
    const { values = [] } = categoricalValueSpec;
    if (values.length === 0) throw invalid(id, "has no categories");
    return { kind: "categorical", values };
  }
  if (discreteValueSpec !== undefined) {
    const { values = [] } = discreteValueSpec;
    if (values.length === 0) throw invalid(id, "has no values");
    if (values.some((value, index) => index > 0 && value - (values[index - 1] ?? 0) < 1e-10))
      throw invalid(id, "its values should be in increasing order");
    return { kind: "discrete", values };
  }
  const range = doubleValueSpec ?? integerValueSpec;
  if (range === undefined) throw invalid(id, "needs a value spec");
  const [min, max] = [Number(range.minValue ?? 0), Number(range.maxValue ?? 0)];
  if (max < min) throw invalid(id, `its maximum ${max} is below its minimum ${min}`);
  if (scale !== "linear" && min <= 0) throw invalid(id, "a logarithmic scale needs values above 0");
  return { kind: doubleValueSpec === undefined ? "integer" : "double", min, max, scale };
}

function invalid(id: string, problem: string): VertexError {
  return new VertexError(
    "INVALID_ARGUMENT",
    `hyperparameter_tuning_job.study_spec.parameters${id === "" ? "" : `: "${id}"`}: ${problem}.`,
  );
}
