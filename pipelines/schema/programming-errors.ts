/** A mistake in workflow code must fail the run, not leave it waiting for a worker that does better. */
export const programmingErrors = [TypeError, RangeError, ReferenceError];
