import { HubApiError } from "@huggingface/hub";

/** The HTTP status of an error of the Hub's or of Cloud Storage's client, or of our own. */
export function httpStatus(error: unknown): number | undefined {
  if (error instanceof HubApiError) return error.statusCode;
  if (typeof error !== "object" || error === null) return undefined;
  const { code, status } = error as { code?: unknown; status?: unknown };
  // Cloud Storage's client gives the number as text when the response had no JSON body.
  const number = Number(code ?? status);
  return Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined;
}

export function isTransientHttp(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
