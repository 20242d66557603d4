/**
 * Runs as many lanes of the same work. What fails first aborts the signal of the others, and is thrown when all have
 * stopped, so that nothing goes on behind the caller's back.
 */
export async function sideBySide(
  lanes: number,
  outer: AbortSignal,
  lane: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  const guarded = async (): Promise<void> => {
    try {
      await lane(signal);
    } catch (error) {
      failure.abort(error);
    }
  };
  await Promise.all(Array.from({ length: lanes }, guarded));
  outer.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
}
