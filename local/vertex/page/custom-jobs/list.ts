import type { CustomJobRecord, WorkerPoolMessage } from "../../custom-jobs/records.ts";
import { customJobFields } from "../../custom-jobs/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment } from "../format.ts";
import { html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import { type Column, labels } from "../parts.ts";
import { jobStateShortcuts, resourceList } from "../resource-list.ts";
import { badge, lookOf } from "../state.ts";

export function customJobList({ customJobs, clock }: PageContext, asked: Query): View {
  const now = clock.now();
  const columns: readonly Column<CustomJobRecord>[] = [
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    {
      title: "Job",
      cell: ({ name, message }) =>
        html`${linkTo(name, message.displayName ?? idOf(name))}<div class="minor">${idOf(name)}</div>`,
    },
    { title: "Machines", cell: ({ message }) => message.jobSpec.workerPoolSpecs?.map(machines).join(", ") },
    { title: "Labels", cell: ({ message }) => labels(message.labels) },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
    { title: "Duration", numeric: true, cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now) },
  ];
  const main = resourceList(
    {
      path: "/customJobs",
      title: "Custom jobs",
      all: customJobs.list(),
      fields: customJobFields,
      columns,
      shortcuts: jobStateShortcuts,
      example: 'A name, or as in the API: labels.team="search"',
      whenEmpty: html`No custom job yet. Pipelines start them for tasks on machines of their own, and so may any client.`,
    },
    asked,
  );
  return { title: "Custom jobs", area: "customJobs", layout: "list", main };
}

/** `4 × ct5lp-hightpu-4t 2x4`, `n1-standard-4 + 1 NVIDIA_TESLA_T4`. */
export function machines({ machineSpec = {}, replicaCount = "1" }: WorkerPoolMessage): string {
  const { machineType = "", acceleratorType, acceleratorCount, tpuTopology } = machineSpec;
  const accelerator = acceleratorType && acceleratorCount ? ` + ${acceleratorCount} ${acceleratorType}` : "";
  const count = replicaCount === "1" ? "" : `${replicaCount} × `;
  return `${count}${machineType}${tpuTopology ? ` ${tpuTopology}` : ""}${accelerator}`;
}
