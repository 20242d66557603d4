/** What a study searches: parameters, of which some are there only for some values of another. */

export type Scale = "linear" | "log" | "reverse-log";

export type Domain =
  | ({ readonly kind: "double" } & Range)
  | ({ readonly kind: "integer" } & Range)
  /** In increasing order. */
  | { readonly kind: "discrete"; readonly values: readonly number[] }
  | { readonly kind: "categorical"; readonly values: readonly string[] };

interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale: Scale;
}

export interface Parameter {
  readonly id: string;
  readonly domain: Domain;
  readonly children: readonly Child[];
}

/** A parameter that is there for these values of its parent. */
export interface Child {
  readonly values: readonly Value[];
  readonly parameter: Parameter;
}

export type Value = number | string;

/** The parameters of a trial, parents before children. */
export type Assignment = readonly Setting[];
export interface Setting {
  readonly parameter: Parameter;
  readonly value: Value;
}

/** Chooses a value for each parameter that is there. `unit` gives a parameter's place in its scaled domain, from 0 to 1. */
export function assign(parameters: readonly Parameter[], unit: (parameter: Parameter) => number): Assignment {
  return parameters.flatMap((parameter) => {
    const value = fromUnit(parameter.domain, unit(parameter));
    return [{ parameter, value }, ...assign(activeChildren(parameter, value), unit)];
  });
}

export function activeChildren({ children }: Parameter, value: Value): Parameter[] {
  return children.filter(({ values }) => values.some((one) => isSame(one, value))).map(({ parameter }) => parameter);
}

/** All parameters, also those that are there only sometimes. */
export function allParameters(parameters: readonly Parameter[]): Parameter[] {
  return parameters.flatMap((parameter) => [
    parameter,
    ...allParameters(parameter.children.map(({ parameter: child }) => child)),
  ]);
}

export function isSameAssignment(one: Assignment, other: Assignment): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ parameter, value }, index) => parameter.id === other[index]?.parameter.id && value === other[index].value,
    )
  );
}

/** Every value of a domain that isn't continuous, in order. */
export function valuesOf(domain: Domain): readonly Value[] {
  if (domain.kind === "double") throw new Error("a double has no end of values");
  if (domain.kind !== "integer") return domain.values;
  return Array.from({ length: domain.max - domain.min + 1 }, (_, index) => domain.min + index);
}

export function fromUnit(domain: Domain, unit: number): Value {
  if (domain.kind === "double") return clamp(unscale(domain, unit), domain.min, domain.max);
  if (domain.kind === "integer") {
    const { min, max, scale } = domain;
    const value = scale === "linear" ? min + Math.floor(unit * (max - min + 1)) : Math.round(unscale(domain, unit));
    return clamp(value, min, max);
  }
  const index = clamp(Math.floor(unit * domain.values.length), 0, domain.values.length - 1);
  return domain.values[index] ?? "";
}

/** The place of a value in its scaled domain. */
export function toUnit(domain: Domain, value: Value): number {
  if (domain.kind === "discrete" || domain.kind === "categorical") {
    const values: readonly Value[] = domain.values;
    return (values.indexOf(value) + 0.5) / values.length;
  }
  const { kind, min, max, scale } = domain;
  const number = Number(value);
  if (max === min) return 0.5;
  if (scale === "log") return Math.log(number / min) / Math.log(max / min);
  if (scale === "reverse-log") return 1 - Math.log((max + min - number) / min) / Math.log(max / min);
  return kind === "integer" ? (number - min + 0.5) / (max - min + 1) : (number - min) / (max - min);
}

function unscale({ min, max, scale }: Range, unit: number): number {
  if (scale === "linear") return min + unit * (max - min);
  if (scale === "log") return min * (max / min) ** unit;
  return max + min - min * (max / min) ** (1 - unit);
}

/** "The Epsilon of the value matching is 1e-10", says the API of conditional parameters. */
function isSame(one: Value, other: Value): boolean {
  return typeof one === "number" && typeof other === "number" ? Math.abs(one - other) <= 1e-10 : one === other;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
