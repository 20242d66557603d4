/**
 * How a run ended for its candidate.
 * - `promoted`: it serves.
 * - `held`: sound, but no evidence that it is better than the champion.
 * - `refused`: the gate found it too weak, or worse than the champion.
 * - `rejected`: an engineer said no, or let the deadline pass.
 */
export type DecisionKind = "promoted" | "held" | "refused" | "rejected";
