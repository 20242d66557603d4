/** Where the author wrote something: the file, and line and column from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where the author's code was, worked out only when somebody asks. */
export interface Origin {
  readonly location: Location | null;
}

/** Origin of what nobody wrote. */
export const nowhere: Origin = { location: null };

/** Deep enough to leave the language's own functions behind. */
const depth = 12;

/** Where the author's code is now. Cheap: the engine formats a stack only when it is read. */
export function here(): Origin {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  const error = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return new StackOrigin(error);
}

class StackOrigin implements Origin {
  readonly #error: Error;

  constructor(error: Error) {
    this.#error = error;
  }

  get location(): Location | null {
    const frames = (this.#error.stack ?? "").split("\n").slice(1);
    for (const frame of frames) {
      const found = /(?:\(|at )(?:async )?((?:file:\/\/)?[^()\s][^()]*?):(\d+):(\d+)\)?$/.exec(frame);
      if (found === null) continue;
      const [, url = "", line, column] = found;
      if (url.startsWith("node:") || isOurs(url)) continue;
      return { file: withoutScheme(url), line: Number(line), column: Number(column) };
    }
    return null;
  }
}

/** In the package, the sources are apart; with source maps, stacks lead there. */
const folders = [".", "../src/specs/"].map((folder) => withoutScheme(new URL(folder, import.meta.url).href));
const rooms = ["builders", "codegen", "emit", "functions", "gcpc", "kubernetes", "load", "nodes", "testing"];

function isOurs(url: string): boolean {
  const file = withoutScheme(url);
  const folder = folders.find((each) => file.startsWith(each));
  if (folder === undefined || /\.test\.[jt]s$/.test(file)) return false;
  const [room = ""] = file.slice(folder.length).split("/");
  return rooms.includes(room) || !room.includes("/");
}

function withoutScheme(url: string): string {
  return url.startsWith("file://") ? decodeURIComponent(url.slice("file://".length)) : url;
}
