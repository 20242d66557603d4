/** The Hub's limit for a file that goes into git itself. */
const largestRegularFile = 10 * 1024 * 1024;

/** The patterns that the Hub writes into the .gitattributes of every new repo. */
export const largeFileExtensions = [
  "7z",
  "arrow",
  "bin",
  "bz2",
  "ckpt",
  "ftz",
  "gz",
  "h5",
  "joblib",
  "lfs.*",
  "mlmodel",
  "model",
  "msgpack",
  "npy",
  "npz",
  "onnx",
  "ot",
  "parquet",
  "pb",
  "pickle",
  "pkl",
  "pt",
  "pth",
  "rar",
  "safetensors",
  "tar",
  "tflite",
  "tgz",
  "wasm",
  "xz",
  "zip",
  "zst",
] as const;

export function gitAttributes(): string {
  return largeFileExtensions.map((extension) => `*.${extension} filter=lfs diff=lfs merge=lfs -text\n`).join("");
}

/** Whether a file goes into git or beside it: by its name, its size, and whether its first bytes are text. */
export function uploadMode(file: {
  readonly path: string;
  readonly size: number;
  readonly sample: Buffer;
}): "regular" | "lfs" {
  const isLarge = largeFileExtensions.some((extension) => file.path.endsWith(`.${extension}`));
  return isLarge || file.size > largestRegularFile || file.sample.includes(0) ? "lfs" : "regular";
}
