import { check } from "./check.ts";
import type { Pass } from "./engine/phase.ts";
import type { Step } from "./engine/run.ts";
import { finish } from "./finish.ts";
import { gather } from "./gather.ts";
import { inspect } from "./inspect.ts";
import { scatter } from "./scatter.ts";
import { settle } from "./settle.ts";
import { write } from "./write.ts";

/** A whole preparation, in order. */
export function stepsOf(passes: readonly Pass[]): Step[] {
  const own = (phase: Step["phase"]): Step => ({ phase, pass: null });
  const of = (at: Pass["at"]): Step[] =>
    passes.filter((pass) => pass.at === at).flatMap((pass) => pass.phases.map((phase) => ({ phase, pass })));
  return [
    ...[inspect, scatter, check, gather].map(own),
    ...of("rows"),
    ...[settle, write].map(own),
    ...of("output"),
    own(finish),
  ];
}
