import { type Static, type TSchema, Type } from "typebox";

/**
 * A union told apart by the value of one property.
 * Written with `if`/`then`, because ajv fills in defaults there (in `anyOf` it does not)
 * and reports only the problems of the branch that was meant.
 */
export function oneOfByValue<const Branches extends Record<string, TSchema>>(
  property: string,
  branches: Branches,
): ReturnType<typeof Type.Unsafe<Static<Branches[keyof Branches]>>> {
  return Type.Unsafe<Static<Branches[keyof Branches]>>({
    type: "object",
    required: [property],
    properties: { [property]: { enum: Object.keys(branches) } },
    allOf: Object.entries(branches).map(([value, branch]) => ({
      if: { properties: { [property]: { const: value } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
      then: branch,
    })),
  });
}

/** A union of two shapes told apart by whether one property is there. */
export function oneOfByPresence<With extends TSchema, Without extends TSchema>(
  property: string,
  present: With,
  absent: Without,
): ReturnType<typeof Type.Unsafe<Static<With> | Static<Without>>> {
  return Type.Unsafe<Static<With> | Static<Without>>({
    type: "object",
    if: { required: [property] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
    then: present,
    else: absent,
  });
}
