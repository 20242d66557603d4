/**
 * Lightweight Python components bring what they need as a shell script before their program:
 * `sh -c '… python3 -m pip install A B && … && "$0" "$@"' PROGRAM ARGUMENTS`. Here that is read, so that it is installed
 * once and not in every task.
 */
export interface PythonProgram {
  /** Arguments of each `pip install`, in order, without those that only concern its output. */
  readonly installs: readonly (readonly string[])[];
  /** What is run once they are installed. */
  readonly argv: readonly string[];
}

/** Undefined when the command is no such script. */
export function readInstalls(argv: readonly string[]): PythonProgram | undefined {
  const [shell = "", flags = "", script = "", ...rest] = argv;
  if (!/(^|\/)(ba)?sh$/.test(shell) || !/^-\w*c$/.test(flags) || !/"\$0" "\$@"\s*$/.test(script)) return undefined;
  const installs = [...script.matchAll(/\bpip3? install\b/g)].map(({ index, 0: found }) =>
    withoutNoise(words(script.slice(index + found.length))),
  );
  if (installs.length === 0) return undefined;
  // The same again with --user is a second try.
  const different = new Map(installs.map((install) => [JSON.stringify(install), install]));
  return { installs: [...different.values()], argv: rest };
}

const noise = new Set(["--quiet", "-q", "--no-warn-script-location", "--user", "--disable-pip-version-check"]);

function withoutNoise(install: readonly string[]): string[] {
  return install.filter((word) => !noise.has(word));
}

/** The words of a shell command, up to its end. */
function words(text: string): string[] {
  const found: string[] = [];
  const word = /\s*(?:\\\n\s*)*((?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\&|;()<>])+)/y;
  for (let match = word.exec(text); match !== null && !/\n/.test(newLineBefore(match)); match = word.exec(text)) {
    found.push(unquote(match[1] ?? ""));
  }
  return found;
}

/** A line end outside quotes, and not escaped, ends the command. */
function newLineBefore(match: RegExpExecArray): string {
  return match[0].slice(0, match[0].length - (match[1]?.length ?? 0)).replaceAll("\\\n", "");
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_whole, single?: string, double?: string, one?: string) =>
      single !== undefined ? single : double !== undefined ? double.replace(/\\([$`"\\])/g, "$1") : (one ?? ""),
  );
}
