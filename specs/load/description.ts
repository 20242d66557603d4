/**
 * What the Python SDK writes about a component: in a comment at the head of its YAML, with further lines indented.
 */
export function descriptionOf(text: string): string | undefined {
  const [, found] = /^(?:#.*\n){0,5}?# Description: (.*(?:\n# {10,}.*)*)/.exec(text) ?? [];
  return found?.replace(/\n# +/g, "\n");
}
