import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { Hardware } from "../../pipelines/retrain/recipe.ts";
import type { PreflightProblem, PreflightReport } from "../../pipelines/retrain/run.ts";

type ByStrategy = Readonly<Record<string, number>>;

/** `pipelines/retrain/prices.yaml`: US dollars an hour. */
export interface Prices {
  readonly asOf: string;
  /** A chip, by generation and strategy. */
  readonly tpus: Readonly<Record<string, ByStrategy>>;
  /** A machine, by type and strategy. */
  readonly machines: Readonly<Record<string, ByStrategy>>;
}

/** Starting a machine, loading and compiling take about this long: a budget for less cannot train anything. */
const leastMinutes = 10;

export async function readPrices(): Promise<Prices> {
  const file = resolve(import.meta.dirname, "../../pipelines/retrain/prices.yaml");
  return parse(await readFile(file, "utf8")) as Prices;
}

/** Null where the file has no price for this hardware. */
export function priceOf(prices: Prices, hardware: Hardware): PreflightReport["price"] {
  const { asOf } = prices;
  const each = "tpu" in hardware ? prices.tpus[hardware.tpu] : prices.machines[hardware.machine];
  const usdPerHour = each?.[hardware.strategy];
  if (usdPerHour === undefined) return null;
  return { usdPerHour: usdPerHour * ("tpu" in hardware ? chipsOf(hardware.topology) : 1), asOf };
}

/** Whether the budget could pay for the training as predicted; without a prediction, for the shortest of trainings. */
export function checkBudget(
  maximumUsd: number | undefined,
  price: PreflightReport["price"],
  hardware: string,
  prediction: PreflightReport["prediction"] = null,
): PreflightProblem[] {
  if (maximumUsd === undefined) return [];
  if (price === null) {
    return [
      {
        code: "PriceUnknown",
        message: `the recipe has a budget, but pipelines/retrain/prices.yaml has no price for ${hardware}`,
      },
    ];
  }
  const predicted = prediction?.usd ?? null;
  if (predicted !== null && predicted > maximumUsd) {
    const minutes = ((prediction?.seconds ?? 0) / 60).toFixed(0);
    const message = `the training is estimated to cost $${predicted.toFixed(2)} on ${hardware} (${minutes} minutes with start-up, prices of ${price.asOf}), and the budget is $${maximumUsd}`;
    return [{ code: "BudgetTooSmall", message }];
  }
  const least = (price.usdPerHour * leastMinutes) / 60;
  if (least <= maximumUsd) return [];
  const message = `${hardware} costs $${price.usdPerHour.toFixed(2)} an hour (prices of ${price.asOf}), so that the budget of $${maximumUsd} is spent in ${((60 * maximumUsd) / price.usdPerHour).toFixed(1)} minutes: at least ${leastMinutes} are needed`;
  return [{ code: "BudgetTooSmall", message }];
}

/** `2x4` is 8 chips. */
export function chipsOf(topology: string): number {
  return topology.split("x").reduce((product, side) => product * Number(side), 1);
}
