/** `projects/…/models/ID@VERSION` → `ID@VERSION`. */
export function shortVersion(modelVersion: string): string {
  return modelVersion.slice(modelVersion.lastIndexOf("/") + 1);
}
