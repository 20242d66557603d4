/** Of the signal by which the preparation says how far it is to the run that waits for it: one line of text. */
export const preparingSignal = "preparing";
