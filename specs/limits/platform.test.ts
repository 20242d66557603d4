import { expect, test } from "vitest";
import { checkPlatform } from "./platform.ts";

test("each option of a platform document is a finding that says what to do", () => {
  const findings = checkPlatform({
    platforms: {
      kubernetes: {
        deploymentSpec: { executors: { "exec-train": { secretAsEnv: [{}], podAffinity: [{}] } } },
        pipelineConfig: { workspace: { size: "1Gi" } },
      },
    },
  });
  expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
    "KubernetesOnly /platforms/kubernetes/deploymentSpec/executors/exec-train/secretAsEnv",
    "KubernetesOnly /platforms/kubernetes/deploymentSpec/executors/exec-train/podAffinity",
    "KubernetesOnly /platforms/kubernetes/pipelineConfig/workspace",
  ]);
  for (const { message } of findings) expect(message).toMatch(/: \w.*\.$/);
});

test("no platform document, no finding", () => {
  expect(checkPlatform({})).toEqual([]);
  expect(checkPlatform({ platforms: { kubernetes: {} } })).toEqual([]);
});
