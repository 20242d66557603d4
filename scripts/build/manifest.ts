/** As far as it is read here. */
export interface Manifest {
  readonly [field: string]: unknown;
  readonly exports: Readonly<Record<string, string>>;
}

/** Only what is meant for the checkout. */
const dropped = ["private", "scripts", "devDependencies", "allowScripts"];

/** The package's manifest, from the checkout's: its entries are the sources, the package's what was made of them. */
export function packageManifest(manifest: Manifest): Readonly<Record<string, unknown>> {
  const kept = Object.entries(manifest).filter(([field]) => !dropped.includes(field));
  return {
    ...Object.fromEntries(kept),
    // The checkout's scripts bring a Node of their own; the package runs authors' TypeScript as it is.
    engines: { node: ">=24" },
    sideEffects: false,
    exports: Object.fromEntries(Object.entries(manifest.exports).map(([entry, source]) => [entry, built(source)])),
  };
}

function built(source: string): unknown {
  if (!source.endsWith(".ts")) return source;
  const stem = source.slice(0, -".ts".length);
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}
