import { UserError } from "../errors.ts";

/** Gives a person's error the path of the field that it is about, unless it names its own. */
export async function named<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof UserError) || error.problems.length > 0) throw error;
    throw new UserError(error.code, `${path} cannot be resolved`, [{ path, message: error.message }], error.cause);
  }
}

/**
 * All values, or one error with every problem. An error that is worth another try comes first: what a person
 * must mend is told when everything could be asked.
 */
export async function everyOne<Values extends readonly unknown[]>(
  ...work: { readonly [Index in keyof Values]: Promise<Values[Index]> }
): Promise<Values> {
  const results = await Promise.allSettled(work);
  const errors = results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
  const passing = errors.find((error) => !(error instanceof UserError));
  if (passing !== undefined) throw passing;
  const [first, ...more] = errors.filter((error) => error instanceof UserError);
  if (first === undefined)
    return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as Values;
  if (more.length === 0) throw first;
  throw new UserError(
    first.code,
    "the recipe names what cannot be resolved",
    [first, ...more].flatMap((error) =>
      error.problems.length > 0 ? error.problems : [{ path: "", message: error.message }],
    ),
  );
}
