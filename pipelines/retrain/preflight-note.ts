import type { PreflightPrediction, PreflightReport, SpecReference } from "./run.ts";

/** What preflight found, in a line of markdown. */
export function preflightNote(spec: SpecReference, { hardware, price, prediction }: PreflightReport): string {
  const cost = price ? `$${price.usdPerHour.toFixed(2)} an hour (prices of ${price.asOf})` : null;
  const parts = [
    `spec \`${spec.digest.slice(0, 12)}\` for ${hardware}`,
    ...(prediction ? [memory(prediction), time(prediction)] : []),
    cost,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function memory({ basis, fits, peakBytes, availableBytes }: PreflightPrediction): string {
  const size = peakBytes === null ? "" : `: ${gibibytes(peakBytes)} of ${gibibytes(availableBytes)} GiB a chip`;
  const verdict = fits ? "fits" : "may not fit";
  return basis === "compiled" ? `${verdict}${size}` : `${verdict} by arithmetic, not compiled${size}`;
}

function time({ seconds, usd }: PreflightPrediction): string | null {
  if (seconds === null) return null;
  const minutes = Math.max(1, Math.round(seconds / 60));
  return `about ${minutes} min with start-up${usd === null ? "" : ` and $${usd.toFixed(2)}`} (an estimate)`;
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}
