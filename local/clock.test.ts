import { expect, test } from "vitest";
import { DrivenClock, realClock } from "./clock.ts";

test("fires timers in order of their time, each at its own", async () => {
  const clock = new DrivenClock(1000);
  const fired: [string, number][] = [];
  clock.schedule(20, () => fired.push(["late", clock.now()]));
  clock.schedule(10, () => fired.push(["early", clock.now()]));
  await clock.advance(15);
  expect(fired).toEqual([["early", 1010]]);
  await clock.advance(5);
  expect(fired).toEqual([
    ["early", 1010],
    ["late", 1020],
  ]);
  expect(clock.now()).toBe(1020);
});

test("a loop of sleeps runs through within one advance", async () => {
  const clock = new DrivenClock(0);
  const woken: number[] = [];
  const loop = (async () => {
    for (let turn = 0; turn < 10; turn++) {
      await clock.sleep(60_000);
      woken.push(clock.now());
    }
  })();
  await clock.advance(600_000);
  await loop;
  expect(woken.at(-1)).toBe(600_000);
  expect(clock.pending).toBe(0);
});

test("a cancelled timer never fires, and is forgotten", async () => {
  const clock = new DrivenClock(0);
  let fired = false;
  clock
    .schedule(10, () => {
      fired = true;
    })
    .cancel();
  expect(clock.pending).toBe(0);
  await clock.advance(20);
  expect(fired).toBe(false);
});

test.each([
  ["driven", new DrivenClock(0)],
  ["real", realClock],
] as const)("an aborted sleep on the %s clock rejects with the reason", async (_, clock) => {
  const controller = new AbortController();
  const sleep = clock.sleep(60_000, controller.signal);
  controller.abort(new Error("stopped"));
  await expect(sleep).rejects.toThrow("stopped");
  await expect(clock.sleep(1, controller.signal)).rejects.toThrow("stopped");
});

test("the real clock wakes", async () => {
  await realClock.sleep(1);
});
