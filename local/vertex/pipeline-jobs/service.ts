import { aiplatform, empty, type Operations } from "../operations/operations.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { idOf, parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import type { PipelineJobMessage } from "./create.ts";
import { pipelineJobMessage, runContextOf } from "./message.ts";
import type { PipelineJobs } from "./pipeline-jobs.ts";
import type { PipelineJobRecord } from "./records.ts";

/** What ListPipelineJobs filters and orders by, as its documentation in pipeline_service.proto says. */
export const pipelineJobFields: ListFields<PipelineJobRecord> = {
  name: ({ name }) => name,
  labels: ({ labels }) => labels,
  fields: {
    pipeline_name: { kind: "text", of: ({ pipelineName }) => pipelineName },
    display_name: { kind: "text", of: ({ displayName }) => displayName },
    pipeline_job_user_id: { kind: "text", of: ({ name }) => idOf(name) },
    state: { kind: "text", of: ({ state }) => state },
    schedule_name: { kind: "text", of: ({ scheduleName }) => scheduleName },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
    update_time: { kind: "time", of: ({ updateTime }) => updateTime },
    end_time: { kind: "time", of: ({ endTime }) => endTime },
    template_uri: { kind: "text", of: () => "" },
  },
  orders: {
    create_time: ({ createTime }) => createTime,
    update_time: ({ updateTime }) => updateTime,
    end_time: ({ endTime }) => endTime,
    start_time: ({ startTime }) => startTime,
  },
  defaultOrder: "create_time desc",
};

interface NameRequest {
  readonly name?: string;
}

/**
 * PipelineService, as far as pipeline jobs go.
 *
 * @param parentsOf names of the contexts that a context of the metadata store was put into
 */
export function pipelineService(
  jobs: PipelineJobs,
  operations: Operations,
  parentsOf: (context: string) => readonly string[],
): NonNullable<Methods["PipelineService"]> {
  const full = (job: PipelineJobRecord) =>
    pipelineJobMessage(job, jobs.spec(job.name), jobs.ledger(job.name).list(), parentsOf(runContextOf(job.name)));
  const nameOf = ({ name }: NameRequest) => parseName(name, "pipelineJobs");
  return {
    CreatePipelineJob: (request: { parent?: string; pipelineJob?: PipelineJobMessage; pipelineJobId?: string }) =>
      full(jobs.create(parseLocation(request.parent).name, request.pipelineJobId, request.pipelineJob)),
    GetPipelineJob: (request: NameRequest) => full(jobs.get(nameOf(request))),
    ListPipelineJobs: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(
        jobs.list(parseLocation(request.parent).name),
        request,
        pipelineJobFields,
      );
      const wanted = request.readMask?.paths ?? [];
      const detailed = wanted.some((path) => /^job_?[dD]etail/.test(path));
      const withSpec = wanted.length === 0 || wanted.some((path) => /^(\*|pipeline_?[sS]pec)/.test(path));
      const message = (job: PipelineJobRecord) =>
        detailed ? full(job) : pipelineJobMessage(job, withSpec ? jobs.spec(job.name) : {}, undefined);
      return { pipelineJobs: items.map((job) => applyReadMask(message(job), request.readMask)), nextPageToken };
    },
    CancelPipelineJob: (request: NameRequest) => jobs.cancel(nameOf(request)),
    DeletePipelineJob: (request: NameRequest) => {
      const name = nameOf(request);
      jobs.delete(name);
      return operations.finished(name, "DeleteOperationMetadata", empty);
    },
    BatchCancelPipelineJobs: ({ parent, names = [] }: { parent?: string; names?: readonly string[] }) => {
      for (const name of names) jobs.get(parseName(name, "pipelineJobs"));
      for (const name of names) jobs.cancel(name);
      const cancelled = names.map((name) => full(jobs.get(name)));
      return operations.finished(
        parseLocation(parent).name,
        "BatchCancelPipelineJobsOperationMetadata",
        aiplatform("BatchCancelPipelineJobsResponse", { pipelineJobs: cancelled }),
      );
    },
    BatchDeletePipelineJobs: ({ parent, names = [] }: { parent?: string; names?: readonly string[] }) => {
      const deleted = names.map((name) => full(jobs.get(parseName(name, "pipelineJobs"))));
      for (const name of names) jobs.delete(name);
      return operations.finished(
        parseLocation(parent).name,
        "DeleteOperationMetadata",
        aiplatform("BatchDeletePipelineJobsResponse", { pipelineJobs: deleted }),
      );
    },
  };
}
