/**
 * A path template of google.api.http: `/v1/{parent=projects/* /locations/*}/models`, `/v1/{name=…}:cancel`
 * (https://github.com/googleapis/googleapis/blob/master/google/api/http.proto).
 */
export interface PathTemplate {
  /** The variables' values by field path, snake case; undefined where the path is another one. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

export function parsePathTemplate(template: string): PathTemplate {
  const variables: string[] = [];
  const pattern = template.replace(/\{([\w.]+)(?:=([^}]*))?\}|[^{]+/g, (literal, name?: string, segments = "*") => {
    if (name === undefined) return segmentsPattern(literal);
    variables.push(name);
    return `(${segmentsPattern(segments)})`;
  });
  const whole = new RegExp(`^${pattern}$`);
  return {
    match(path) {
      const found = whole.exec(path);
      if (found === null) return undefined;
      return Object.fromEntries(variables.map((name, index) => [name, decode(found[index + 1] ?? "")]));
    },
  };
}

/** `*` is one segment, `**` any number; a colon begins a custom verb, so that no segment holds one. */
function segmentsPattern(segments: string): string {
  return segments
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? "[^:]+" : part === "*" ? "[^/:]+" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
