/** Colours of things side by side, in their order. */
export const tones = ["blue", "violet", "teal", "amber", "green", "red"] as const;
