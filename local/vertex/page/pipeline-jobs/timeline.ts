import { isFinal, type PipelineJobRecord } from "../../pipeline-jobs/records.ts";
import { elapsed, valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { query } from "../links.ts";
import { dot, lookOf } from "../state.ts";
import type { TaskNode } from "./task-tree.ts";

/** Groups with more in them are folded at first. */
const mostUnfolded = 12;
/** However wide a loop is, no more of it is shown: what failed or runs first. */
export const mostShown = 500;

/** The tasks of a run, one below the other, each with a bar for when it ran. */
export class Timeline {
  readonly #begin: number;
  readonly #end: number;
  readonly #now: number;
  readonly #stopped: boolean;

  constructor({ createTime, endTime }: PipelineJobRecord, now: number) {
    this.#begin = createTime;
    this.#end = Math.max(endTime ?? now, createTime + 1);
    this.#now = endTime ?? now;
    this.#stopped = endTime !== undefined;
  }

  draw(nodes: readonly TaskNode[]): Html {
    const more = nodes.length - mostShown;
    return html`<ul class="tasks">${telling(nodes).map((node) => this.#item(node))}
${more > 0 && html`<li class="quiet">… and ${more} more</li>`}</ul>`;
  }

  #item(node: TaskNode): Html {
    if (node.children.length === 0) return html`<li>${this.#row(node)}</li>`;
    const folded = node.children.length > mostUnfolded && node.record.state !== "FAILED";
    return html`<li class="group">${this.#row(node)}<details id="task-${node.record.id}"${!folded && html` open`}><summary aria-label="Tasks of ${node.record.taskName}"></summary>
${this.draw(node.children)}</details></li>`;
  }

  #row({ record, iteration, parent, attempt }: TaskNode): Html {
    const look = lookOf(record.state);
    const item = iteration === null || parent === null ? null : itemOf(record.inputs.parameters, parent);
    const name =
      iteration === null ? record.taskName : html`<span class="quiet">#${iteration}</span> ${item ?? record.taskName}`;
    return html`<div class="row">${dot(look)}<a href="${query({ task: record.id })}">${name}</a>${
      attempt > 1 && html`<small class="quiet">try ${attempt}</small>`
    }<svg class="span look-${look}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${this.#bar(record)}</svg>
<span class="took">${record.startTime === undefined ? "" : elapsed(record.startTime, record.endTime ?? (this.#stopped ? this.#now : undefined), this.#now)}</span></div>`;
  }

  #bar({ startTime, endTime, state }: TaskNode["record"]): Html {
    if (startTime === undefined) return html``;
    const at = (time: number) => ((time - this.#begin) / (this.#end - this.#begin)) * 100;
    const end = endTime ?? (isFinal(state) ? startTime : this.#now);
    const width = Math.max(0.8, at(end) - at(startTime));
    return html`<rect x="${round(Math.min(at(startTime), 99.2))}" width="${round(width)}" height="6" rx="1"/>`;
  }
}

/** As many as are shown, in their order. */
export function telling(nodes: readonly TaskNode[]): readonly TaskNode[] {
  if (nodes.length <= mostShown) return nodes;
  const isTelling = ({ record }: TaskNode) => ["FAILED", "RUNNING", "CANCELLING"].includes(record.state);
  const first = [...nodes.filter(isTelling), ...nodes.filter((node) => !isTelling(node))].slice(0, mostShown);
  const shown = new Set(first);
  return nodes.filter((node) => shown.has(node));
}

/** What an iteration is about: the input that its loop itself doesn't have. */
function itemOf(parameters: TaskNode["record"]["inputs"]["parameters"], loop: TaskNode): string | null {
  const own = Object.keys(parameters).find((name) => !Object.hasOwn(loop.record.inputs.parameters, name));
  const value = own === undefined ? undefined : parameters[own];
  if (value === undefined) return null;
  const text = valueText(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
