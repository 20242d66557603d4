/** What a JSON pointer into a spec is in, in an author's words: `task train, input epochs`. */
export function placeOf(document: "spec" | "platform", pointer: string): string {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (document === "platform") {
    const label = keys[keys.indexOf("executors") + 1];
    return label === undefined || !keys.includes("executors") ? "platform document" : `options of ${bare(label)}`;
  }
  const [room, name = ""] = keys;
  if (room === "deploymentSpec") return keys[2] === undefined ? "executors" : `container of ${bare(keys[2])}`;
  if (room === "root") return within(keys.slice(1)) || "pipeline";
  if (room === "components") return [bare(name), within(keys.slice(2))].filter(Boolean).join(", ") || "components";
  return room === "pipelineInfo" ? "pipeline" : "document";
}

function within(keys: readonly string[]): string {
  const parts: string[] = [];
  if (keys[0] === "dag" && keys[1] === "tasks" && keys[2] !== undefined) {
    parts.push(`task ${keys[2]}`);
    if (keys[3] === "inputs" && keys[5] !== undefined) parts.push(`input ${keys[5]}`);
    if (keys[3] === "triggerPolicy") parts.push("condition");
  } else if (keys[0] === "dag" && keys[1] === "outputs" && keys[3] !== undefined) {
    parts.push(`output ${keys[3]}`);
  } else if (keys[0] === "inputDefinitions" && keys[2] !== undefined) {
    parts.push(`input ${keys[2]}`);
  } else if (keys[0] === "outputDefinitions" && keys[2] !== undefined) {
    parts.push(`output ${keys[2]}`);
  }
  return parts.join(", ");
}

/** The compilers put `comp-` and `exec-` before the name that the author gave. */
function bare(name: string): string {
  return name.replace(/^(comp|exec)-/, "");
}
