import { expect, test } from "vitest";
import { StepSignals } from "./step-signals.ts";

const second = 1_000;

/** Every five seconds another step, until `seconds` are over; when each was sent. */
async function sent(seconds: number, tries: readonly number[] = [0]): Promise<number[]> {
  let now = 0;
  const at: number[] = [];
  let signals: StepSignals | null = null;
  for (; now <= seconds * second; now += 5 * second) {
    if (signals === null || tries.includes(now / second)) {
      signals = new StepSignals(
        async () => {
          at.push(now / second);
        },
        0,
        () => now,
      );
    }
    signals.tell(`${now} rows`);
    await signals.settled();
  }
  return at;
}

test("what is soon done sends nothing, and a minute's work something every ten seconds", async () => {
  expect(await sent(5)).toEqual([]);
  expect(await sent(60)).toEqual([10, 20, 30, 40, 50, 60]);
});

test("the longest preparation sends few, also when it is tried again", async () => {
  const six = 6 * 3_600;
  const once = await sent(six);
  expect(once.length).toBeGreaterThan(40);
  expect(once.length).toBeLessThanOrEqual(75);
  expect((await sent(1_800)).length).toBeLessThanOrEqual(40);
  expect((await sent(5 * six)).length).toBeLessThanOrEqual(90);
  const again = await sent(six, [300, 2_000, 7_000, 15_000]);
  expect(again.length).toBeLessThanOrEqual(75);
  for (const [index, at] of once.entries()) expect(at - (once[index - 1] ?? 0)).toBeLessThanOrEqual(0.1 * at + 10);
});

test("the same step is not sent twice, nor one while another is on its way; a failure to send stops nothing", async () => {
  let now = 0;
  const steps: string[] = [];
  let fail: (error: Error) => void = () => {};
  const signals = new StepSignals(
    (step) => {
      steps.push(step);
      return new Promise((_sent, failed) => {
        fail = failed;
      });
    },
    0,
    () => now,
  );
  const at = (seconds: number, step: string): void => {
    now = seconds * second;
    signals.tell(step);
  };
  at(20, "reading");
  at(40, "writing");
  expect(steps).toEqual(["reading"]);
  fail(new Error("unavailable"));
  await signals.settled();
  at(60, "reading");
  at(80, "writing");
  expect(steps).toEqual(["reading", "writing"]);
});
