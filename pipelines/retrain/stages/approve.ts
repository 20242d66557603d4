import type { ApprovalDesk } from "../approval-desk.ts";
import type { Board } from "../board.ts";
import type { Resolution } from "../run.ts";

export type Answer =
  | { readonly approved: true; readonly reasons: readonly string[] }
  | { readonly approved: false; readonly reason: string };

/** Asks an engineer where the recipe or the request wants it. */
export async function approve(board: Board, desk: ApprovalDesk, { recipe, request }: Resolution): Promise<Answer> {
  if (!(request.approval ?? recipe.approval !== undefined)) {
    board.skip("approve", "the recipe asks for none");
    return { approved: true, reasons: [] };
  }
  return board.stage("approve", async (say) => {
    const deadline = recipe.approval?.deadline ?? "24h";
    say(
      `**waits for you**, ${deadline} at most: send the update \`approve\` with \`{"by": "your name"}\`, ` +
        `or \`reject\` with \`{"by": "your name", "reason": "why"}\``,
    );
    const answer = await desk.ask(deadline);
    if (answer.approved) {
      const reason = `${answer.by} approved it${answer.reason ? `: ${answer.reason}` : ""}.`;
      say(reason);
      return { approved: true, reasons: [reason] };
    }
    const reason = answer.by ? `${answer.by} rejected it: ${answer.reason}.` : `Rejected: ${answer.reason}.`;
    say(reason);
    return { approved: false, reason };
  });
}
