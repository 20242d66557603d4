import { type LimitFinding, limits } from "./limits.ts";

/** What Vertex would refuse of a pipeline job around its spec. */
export function checkJob(job: {
  readonly id: string;
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
}): readonly LimitFinding[] {
  const findings: LimitFinding[] = [];
  if (!limits.jobId.test(job.id)) {
    findings.push({
      code: "JobId",
      path: "/id",
      message: `A job's id has 1 to 128 lower case letters, digits and hyphens, and starts with a letter; this one is ${JSON.stringify(job.id)}.`,
    });
  }
  if (job.displayName.length > limits.displayName) {
    const message = `A display name has ${limits.displayName} characters at most, and this one ${job.displayName.length}: shorten it.`;
    findings.push({ code: "DisplayName", path: "/displayName", message });
  }
  return [...findings, ...checkLabels(job.labels, "/labels")];
}

export function checkLabels(labels: Readonly<Record<string, unknown>>, path: string): readonly LimitFinding[] {
  const findings: LimitFinding[] = [];
  const count = Object.keys(labels).length;
  if (count > limits.labels) {
    findings.push({
      code: "Labels",
      path,
      message: `A job has ${limits.labels} labels at most, and this one ${count}: remove some.`,
    });
  }
  for (const [key, value] of Object.entries(labels)) {
    if (limits.labelKey.test(key) && limits.labelValue.test(String(value))) continue;
    const message =
      "A label's key has 1 to 63 lower case letters, digits, _ and -, and starts with a letter; its value has at most 63 of them. " +
      `${JSON.stringify(key)}: ${JSON.stringify(value)} is not so.`;
    findings.push({ code: "Labels", path: `${path}/${key}`, message });
  }
  return findings;
}
