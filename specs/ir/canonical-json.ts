/** JSON text with its keys in order: equal data gives equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    const record = each as Readonly<Record<string, unknown>>;
    // Without a prototype, so that a key such as __proto__ is a key like any other.
    const sorted: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(record).sort()) sorted[key] = record[key];
    return sorted;
  });
}
