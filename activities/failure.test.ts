import { HubApiError } from "@huggingface/hub";
import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, test } from "vitest";
import { UserError } from "./errors.ts";
import { stillRunning, toFailure, withFailures } from "./failure.ts";

const withCode = (code: unknown, message = "words"): Error => Object.assign(new Error(message), { code });

describe("toFailure", () => {
  test("a user's error is not tried again, and carries every problem", () => {
    const problems = [
      { path: "train.epochs", message: "must be an integer" },
      { path: "gate", message: "is missing" },
    ];
    const failure = toFailure(new UserError("InvalidRecipe", "broken", problems));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: "InvalidRecipe", nonRetryable: true, details: [{ problems }] });
    expect(failure.message).toContain("train.epochs: must be an integer");
  });

  test.each([
    ["UNAVAILABLE", withCode(14), false],
    ["RESOURCE_EXHAUSTED", withCode(8), false],
    ["INVALID_ARGUMENT", withCode(3), true],
    ["FAILED_PRECONDITION", withCode(9), true],
    ["FAILED_PRECONDITION", withCode(9, "There are other operations running on the endpoint"), false],
    ["Http503", withCode(503), false],
    ["Http429", withCode("429"), false],
    ["Http403", withCode(403), true],
    ["Http404", new HubApiError("http://hub", 404), true],
    ["Http502", new HubApiError("http://hub", 502), false],
  ])("%s of %s: non-retryable is %s", (type, error, nonRetryable) => {
    expect(toFailure(error)).toMatchObject({ type, nonRetryable });
  });

  test("what nobody knows is left to be tried again", () => {
    const error = new TypeError("fetch failed", { cause: withCode("ECONNREFUSED") });
    expect(toFailure(error)).toBe(error);
  });
});

test("stillRunning is benign, and names when to look again", () => {
  expect(stillRunning("fine-tune runs", 30)).toMatchObject({
    category: "BENIGN",
    nextRetryDelay: 30_000,
    nonRetryable: false,
  });
});

test("withFailures guards every activity", async () => {
  const guarded = withFailures({
    async broken() {
      throw new UserError("NotFound", "nothing");
    },
    async fine(input: number) {
      return input + 1;
    },
  });
  await expect(guarded.broken()).rejects.toMatchObject({ type: "NotFound", nonRetryable: true });
  expect(await guarded.fine(1)).toBe(2);
});
