import type { AdminRequests, ClockReading } from "./requests.ts";

type Answer<Path extends keyof AdminRequests> = Path extends "/clock" | "/clock/advance" ? ClockReading : object;

/** The admin API refused a request. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** Of google.rpc.Code. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface AdminClient {
  /** Throws {@link AdminError}. */
  post<Path extends keyof AdminRequests>(path: Path, request: AdminRequests[Path]): Promise<Answer<Path>>;
}

/** The admin API of a local Vertex in another process, with its types. `url` is its base address. */
export function connectAdmin(url: string): AdminClient {
  return {
    async post<Path extends keyof AdminRequests>(path: Path, request: AdminRequests[Path]): Promise<Answer<Path>> {
      const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(request) });
      const answer = (await response.json()) as { error?: { code: string; message: string } };
      if (answer.error !== undefined) throw new AdminError(answer.error.code, answer.error.message);
      return answer as Answer<Path>;
    },
  };
}
