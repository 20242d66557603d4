/** JSON text with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    // Without a prototype, so that a key such as __proto__ is a key like any other.
    const sorted: Record<string, unknown> = Object.create(null);
    for (const [key, field] of Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) sorted[key] = field;
    return sorted;
  });
}
