import { expect, test } from "vitest";
import { UserError } from "../errors.ts";
import { everyOne, named } from "./every-one.ts";

const missing = (what: string) => Promise.reject(new UserError("NotFound", `no ${what}`));

test("gives every value, each with its type", async () => {
  const [name, count] = await everyOne(Promise.resolve("a"), Promise.resolve(1));
  expect([name.toUpperCase(), count + 1]).toEqual(["A", 2]);
});

test("names every problem at once, each by its field", async () => {
  const all = everyOne(named("model.base", missing("model")), Promise.resolve(1), named("data", missing("data")));
  await expect(all).rejects.toMatchObject({
    code: "NotFound",
    problems: [
      { path: "model.base", message: "no model" },
      { path: "data", message: "no data" },
    ],
  });
});

test("tries again first where that may help", async () => {
  const away = new Error("connection refused");
  await expect(everyOne(missing("model"), Promise.reject(away))).rejects.toBe(away);
});
