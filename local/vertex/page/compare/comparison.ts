/** Address where jobs stand side by side; the first is what the others are compared with. */
export function comparison(jobs: readonly string[]): string {
  return `/compare?${new URLSearchParams(jobs.map((name) => ["job", name]))}`;
}
