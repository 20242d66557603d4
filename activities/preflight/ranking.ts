import type { Hardware } from "../../pipelines/retrain/recipe.ts";
import { checkHardware } from "../../specs/hardware/index.ts";
import type { PreflightReport, PreflightResult } from "../../trainer/contract/generated/contract.ts";
import { type Prices, priceOf } from "./prices.ts";

/** A training on some hardware, with its cost. */
export interface Choice {
  readonly name: string;
  readonly strategy: Hardware["strategy"];
  readonly basis: PreflightResult["basis"];
  readonly fits: boolean;
  /** With start-up; null where no data say how many steps there are. */
  readonly seconds: number | null;
  readonly usdPerHour: number | null;
  /** Null where time or price is not known. */
  readonly usd: number | null;
}

const strategies = ["on-demand", "spot", "flex"] as const;

/** Every alternative by every strategy that Vertex has for it: what fits first, then the cheaper, then the sooner. */
export function rank(report: Pick<PreflightReport, "alternatives">, prices: Prices): readonly Choice[] {
  const choices = report.alternatives.flatMap((result) =>
    strategies.flatMap((strategy) => {
      const hardware = toHardware(result, strategy);
      if (hardware === null || checkHardware(hardware, "").some(({ code }) => code !== "NotInRegion")) return [];
      const price = priceOf(prices, hardware);
      // Without a price, one line says so; the strategies differ in nothing else.
      return price === null && strategy !== "on-demand" ? [] : [choice(result, strategy, price?.usdPerHour ?? null)];
    }),
  );
  return choices.toSorted(
    (left, right) =>
      Number(right.fits) - Number(left.fits) ||
      compare(left.usd, right.usd) ||
      compare(left.usdPerHour, right.usdPerHour) ||
      compare(left.seconds, right.seconds),
  );
}

export function choice(
  { name, basis, fits, totalSeconds }: PreflightResult,
  strategy: Hardware["strategy"],
  usdPerHour: number | null,
): Choice {
  const usd = usdPerHour === null || totalSeconds === null ? null : (usdPerHour * totalSeconds) / 3600;
  return { name, strategy, basis, fits, seconds: totalSeconds, usdPerHour, usd };
}

function toHardware({ request }: PreflightResult, strategy: Hardware["strategy"]): Hardware | null {
  if (request?.machine !== undefined) return { machine: request.machine, strategy };
  const { tpu, topology } = request ?? {};
  if ((tpu !== "v5e" && tpu !== "v6e") || topology === undefined || strategy === "flex") return null;
  return { tpu, topology, strategy };
}

/** What is not known comes last. */
function compare(left: number | null, right: number | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return left - right;
}
