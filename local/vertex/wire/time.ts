/** google.protobuf.Timestamp and Duration, to and from milliseconds. */

export interface TimeMessage {
  readonly seconds?: string | number;
  readonly nanos?: number;
}

export function toTime(milliseconds: number): TimeMessage {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: String(seconds), nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

/** Undefined stays undefined, so that an absent time stays absent. */
export function toOptionalTime(milliseconds: number | undefined): TimeMessage | undefined {
  return milliseconds === undefined ? undefined : toTime(milliseconds);
}

export function fromDuration(message: TimeMessage): number {
  return Number(message.seconds ?? 0) * 1000 + (message.nanos ?? 0) / 1e6;
}

/** The JSON form of a Duration, `3.5s`, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(-?\d+(?:\.\d{1,9})?)s$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 1000;
}
