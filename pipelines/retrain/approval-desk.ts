import { ApplicationFailure, condition, defineUpdate, setHandler } from "@temporalio/workflow";
import { milliseconds } from "../schema/duration.ts";

/** Temporal's open-source UI knows no identity: the name is what the engineer says it is. */
export interface Vote {
  readonly by: string;
  readonly reason?: string;
}

export type Approval =
  | { readonly approved: true; readonly by: string; readonly reason: string | null }
  | { readonly approved: false; readonly by: string | null; readonly reason: string };

export const approve = defineUpdate<string, [Vote]>("approve");
export const reject = defineUpdate<string, [Vote]>("reject");

/** The engineer's say: asked for once, answered by an update from the UI, the CLI or any client. */
export class ApprovalDesk {
  #open = false;
  #answer: Approval | null = null;

  constructor() {
    setHandler(approve, (vote) => this.#take({ approved: true, by: vote.by, reason: vote.reason ?? null }), {
      description: 'Lets the candidate be promoted. {"by": "your name"}',
      validator: (vote) => this.#check(vote, false),
    });
    setHandler(
      reject,
      (vote) => this.#take({ approved: false, by: vote.by, reason: vote.reason ?? "no reason given" }),
      {
        description: 'Ends the run without promotion. {"by": "your name", "reason": "why"}',
        validator: (vote) => this.#check(vote, true),
      },
    );
  }

  /** Waits for an answer; silence until the deadline is a no. */
  async ask(deadline: string): Promise<Approval> {
    this.#open = true;
    await condition(() => this.#answer !== null, milliseconds(deadline), {
      summary: `waits for an engineer's approval, ${deadline} at most`,
    });
    this.#open = false;
    return this.#answer ?? { approved: false, by: null, reason: `nobody approved within ${deadline}` };
  }

  #take(answer: Approval): string {
    this.#answer = answer;
    return answer.approved ? "approved" : "rejected";
  }

  #check(vote: unknown, reasonNeeded: boolean): void {
    const { by, reason } = (vote ?? {}) as { by?: unknown; reason?: unknown };
    if (!this.#open) throw refused("This run is not waiting for an approval.");
    if (this.#answer) throw refused("It was answered already.");
    if (typeof by !== "string" || by.trim() === "") throw refused('Say who you are: {"by": "your name"}.');
    if (reasonNeeded && (typeof reason !== "string" || reason.trim() === "")) {
      throw refused('Say why: {"by": "your name", "reason": "why"}.');
    }
  }
}

function refused(message: string): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(message, "VoteRefused");
  // The Temporal UI shows it to whoever voted, below the message.
  failure.stack = "";
  return failure;
}
