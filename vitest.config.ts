import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      // Beside the source: no server, no process.
      {
        test: {
          name: "unit",
          include: ["{specs,pipelines,activities,workers,local}/**/*.test.ts", "scripts/**/*.test.{ts,mjs}"],
          testTimeout: 20_000,
        },
      },
      // Real Temporal, real local cloud, real training of a tiny model.
      {
        test: {
          name: "house",
          include: ["test/**/*.test.ts"],
          exclude: ["test/full/**"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      // What takes longer, or needs what is heavy to install.
      {
        test: {
          name: "full",
          include: ["test/full/**/*.test.ts"],
          testTimeout: 1_800_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
