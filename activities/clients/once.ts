/** A value built on first use and kept: the vendor clients take a second or two each to load. */
export interface Once<Value> {
  (): Promise<Value>;
  /** Runs on the value if it was ever built. */
  ifBuilt(use: (value: Value) => Promise<void>): Promise<void>;
}

export function once<Value>(build: () => Promise<Value>): Once<Value> {
  let built: Promise<Value> | undefined;
  const get = (): Promise<Value> => {
    built ??= build().catch((error: unknown) => {
      built = undefined;
      throw error;
    });
    return built;
  };
  return Object.assign(get, {
    async ifBuilt(use: (value: Value) => Promise<void>): Promise<void> {
      if (built) await use(await built);
    },
  });
}
