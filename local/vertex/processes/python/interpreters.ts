import { parseImageReference } from "../../../images.ts";

/** A Python on this machine. */
export interface Interpreter {
  readonly program: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

export interface PythonVersion {
  readonly major: number;
  readonly minor: number;
}

/** What the Python SDK takes where no image is named. */
export const defaultVersion: PythonVersion = { major: 3, minor: 11 };

/** The version of a Python image, `python:3.12-slim` or `ubi9/python-311`; undefined for any other image. */
export function pythonVersionOf(image: string): PythonVersion | undefined {
  const { name, tag } = parseImageReference(image);
  const last = name.slice(name.lastIndexOf("/") + 1);
  const packed = /^python-?(3)\.?(\d+)\b/.exec(last);
  if (packed !== null) return { major: Number(packed[1]), minor: Number(packed[2]) };
  if (last !== "python") return undefined;
  const tagged = /^(\d+)\.(\d+)/.exec(tag ?? "");
  return tagged === null ? defaultVersion : { major: Number(tagged[1]), minor: Number(tagged[2]) };
}

/** The same version when it is there; otherwise the nearest, of two the newer. */
export function nearest(wanted: PythonVersion, interpreters: readonly Interpreter[]): Interpreter | undefined {
  const distance = ({ major, minor }: Interpreter) =>
    Math.abs(major - wanted.major) * 1000 + Math.abs(minor - wanted.minor);
  return [...interpreters].sort(
    (a, b) => distance(a) - distance(b) || b.major - a.major || b.minor - a.minor || b.patch - a.patch,
  )[0];
}
