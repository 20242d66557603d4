import { type Assignment, activeChildren, type Parameter, type Setting, valuesOf } from "./space.ts";

/** Every combination of values, the last parameter's changing first. */
export function* grid([first, ...others]: readonly Parameter[]): Generator<Assignment> {
  if (first === undefined) return yield [];
  for (const value of valuesOf(first.domain)) {
    const setting: Setting = { parameter: first, value };
    for (const rest of grid([...activeChildren(first, value), ...others])) yield [setting, ...rest];
  }
}
