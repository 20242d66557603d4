import { expect, test } from "vitest";
import { nearest, pythonVersionOf } from "./interpreters.ts";

test("an image's name says its Python", () => {
  const version = (image: string) => {
    const { major, minor } = pythonVersionOf(image) ?? {};
    return major === undefined ? undefined : `${major}.${minor}`;
  };
  expect(version("python:3.9")).toBe("3.9");
  expect(version("docker.io/library/python:3.12-slim")).toBe("3.12");
  expect(version("python")).toBe("3.11");
  expect(version("registry.access.redhat.com/ubi9/python-311:latest")).toBe("3.11");
  expect(version("registry.redhat.io/ubi8/python-39@sha256:3523b184")).toBe("3.9");
  expect(version("alpine:3.20")).toBeUndefined();
  expect(version("example.com/python-tools:3")).toBeUndefined();
});

test("where that Python isn't there, the nearest is", () => {
  const at = (minor: number, patch = 0) => ({ program: `/p${minor}.${patch}`, major: 3, minor, patch });
  const all = [at(9), at(11, 2), at(11, 7), at(13)];
  expect(nearest({ major: 3, minor: 11 }, all)?.program).toBe("/p11.7");
  expect(nearest({ major: 3, minor: 12 }, all)?.program).toBe("/p13.0");
  expect(nearest({ major: 3, minor: 7 }, all)?.program).toBe("/p9.0");
  expect(nearest({ major: 3, minor: 7 }, [])).toBeUndefined();
});
