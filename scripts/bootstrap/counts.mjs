import { readFile } from "node:fs/promises";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Adds up what test runners counted. A report that is not there is of a runner that did not get that far: its exit
 * status tells.
 *
 * @param {readonly string[]} files
 * @returns {Promise<Counts>}
 */
export async function readCounts(files) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const counts = file.endsWith(".json") ? vitestCounts(text) : junitCounts(text);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  return total;
}

/** @param {Counts} counts */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** A file that could not even be loaded has no test that failed; it is counted as one. */
export function vitestCounts(text) {
  const report = JSON.parse(text);
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function junitCounts(xml) {
  const suites = [...xml.matchAll(/<testsuite\s[^>]*>/g)].map(([tag]) => tag);
  const sum = (name) =>
    suites.reduce((total, tag) => total + Number(new RegExp(`\\s${name}="(\\d+)"`).exec(tag)?.[1] ?? 0), 0);
  const failed = sum("failures") + sum("errors");
  const skipped = sum("skipped");
  return { passed: sum("tests") - failed - skipped, failed, skipped };
}
