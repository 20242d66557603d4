/** Checks that several resources share; each gives what is wrong, in words. */

/** Label keys and values: https://cloud.google.com/resource-manager/docs/labels-overview */
export function labelProblems(labels: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  if (Object.keys(labels).length > 64) problems.push("at most 64 labels are allowed");
  for (const [key, value] of Object.entries(labels)) {
    if (!/^\p{Ll}[\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key)) {
      problems.push(
        `key "${key}" should begin with a lower case letter, with at most 63 lower case letters, digits, underscores and dashes`,
      );
    }
    if (!/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value)) {
      problems.push(
        `value "${value}" of "${key}" should have at most 63 lower case letters, digits, underscores and dashes`,
      );
    }
  }
  return problems;
}

export function findImageProblem(image: string | undefined): string | undefined {
  if (image === undefined || image === "") return "is required";
  return /^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/.test(image) ? undefined : `"${image}" isn't the name of an image`;
}
