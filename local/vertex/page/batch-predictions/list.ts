import type { BatchPredictionJobRecord } from "../../batch-prediction/records.ts";
import { batchPredictionJobFields } from "../../batch-prediction/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import type { Column } from "../parts.ts";
import { jobStateShortcuts, resourceList } from "../resource-list.ts";
import { badge, lookOf } from "../state.ts";
import { progressBar } from "./progress.ts";

export function batchPredictionJobList({ batchPredictions, clock }: PageContext, asked: Query): View {
  const now = clock.now();
  const columns: readonly Column<BatchPredictionJobRecord>[] = [
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    {
      title: "Job",
      cell: ({ name, message }) =>
        html`${linkTo(name, message.displayName ?? idOf(name))}<div class="minor">${idOf(name)}</div>`,
    },
    { title: "Model", cell: modelOf },
    { title: "Progress", cell: ({ completionStats }) => progressBar(completionStats) },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
    { title: "Duration", numeric: true, cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now) },
  ];
  const main = resourceList(
    {
      path: "/batchPredictionJobs",
      title: "Batch prediction jobs",
      all: batchPredictions.jobs.list(),
      fields: batchPredictionJobFields,
      columns,
      shortcuts: jobStateShortcuts,
      example: 'A name, or as in the API: model_display_name="topics"',
      whenEmpty: html`No batch prediction job yet. <code>Model.batch_predict(…)</code> makes one, or a pipeline with Google’s component.`,
    },
    asked,
  );
  return { title: "Batch prediction jobs", area: "batchPredictionJobs", layout: "list", main };
}

/** The model version that predicts; of one that is in no registry its name alone. */
export function modelOf({ modelVersion, modelDisplayName }: BatchPredictionJobRecord): Html {
  if (modelVersion === null) return html`${modelDisplayName}`;
  const [model = ""] = modelVersion.split("@");
  return linkTo(model, idOf(modelVersion));
}
