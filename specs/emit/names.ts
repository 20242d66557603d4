/** The longest pipeline name that Vertex takes: https://cloud.google.com/vertex-ai/docs/pipelines/configure-project */
const pipelineName = /^[a-z0-9][a-z0-9-]{0,127}$/;

/** A name as specs have them: lower case letters, digits and single hyphens. */
export function sanitize(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, "-")
    .replace(/^-|-$/g, "");
}

export function isPipelineName(name: string): boolean {
  return pipelineName.test(name);
}

/** Gives each name once; a second `x` becomes `x-2`, as with the Python SDK. */
export class UniqueNames {
  readonly #taken = new Map<string, number>();

  take(wanted: string): string {
    let count = this.#taken.get(wanted) ?? 0;
    if (count === 0) {
      this.#taken.set(wanted, 1);
      return wanted;
    }
    let name: string;
    do {
      count += 1;
      name = `${wanted}-${count}`;
    } while (this.#taken.has(name));
    this.#taken.set(wanted, count);
    this.#taken.set(name, 1);
    return name;
  }
}
