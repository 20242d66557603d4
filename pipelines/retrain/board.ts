import { isCancellation, setCurrentDetails, upsertSearchAttributes } from "@temporalio/workflow";
import { failureMessage } from "../jobs/failure-message.ts";
import type { DecisionKind } from "./decision.ts";
import { details } from "./details.ts";
import { notStarted, type RunProgress, type StageName, withDecision, withRestSkipped, withStage } from "./progress.ts";
import { decisionAttribute, endpointAttribute, recipeAttribute, stageAttribute } from "./search-attributes.ts";

/** Keeps a run's progress and shows it wherever an engineer looks: details, search attributes, query. */
export class Board {
  #progress: RunProgress = notStarted;

  constructor() {
    // The UI's start form fills in the last run's attributes: whatever came with the start is stale.
    upsertSearchAttributes([
      { key: stageAttribute, value: "resolve" },
      { key: recipeAttribute, value: null },
      { key: decisionAttribute, value: null },
      { key: endpointAttribute, value: null },
    ]);
  }

  get progress(): RunProgress {
    return this.#progress;
  }

  /** Runs one stage; what `work` returns as its note is what came of it. */
  async stage<Result>(name: StageName, work: (say: (note: string) => void) => Promise<Result>): Promise<Result> {
    upsertSearchAttributes([{ key: stageAttribute, value: name }]);
    this.#show(withStage(this.#progress, name, { status: "running", startedAt: now() }));
    try {
      const result = await work((note) => this.#show(withStage(this.#progress, name, { note })));
      this.#show(withStage(this.#progress, name, { status: "done", endedAt: now() }));
      return result;
    } catch (error) {
      const note = isCancellation(error) ? "cancelled" : failureMessage(error).replaceAll("\n", " ");
      this.#show(withStage(this.#progress, name, { status: "failed", endedAt: now(), note }));
      throw error;
    }
  }

  skip(name: StageName, note: string): void {
    this.#show(withStage(this.#progress, name, { status: "skipped", note }));
  }

  about(recipe: string, endpoint: string, note: string | null): void {
    upsertSearchAttributes([
      { key: recipeAttribute, value: recipe },
      { key: endpointAttribute, value: endpoint },
    ]);
    this.#show({ ...this.#progress, recipe, note });
  }

  metrics(metrics: NonNullable<RunProgress["metrics"]>): void {
    this.#show({ ...this.#progress, metrics });
  }

  link(title: string, address: string): void {
    this.#show({ ...this.#progress, links: { ...this.#progress.links, [title]: address } });
  }

  decided(decision: DecisionKind, reasons: readonly string[]): void {
    upsertSearchAttributes([{ key: decisionAttribute, value: decision }]);
    this.#show(withDecision(this.#progress, decision, reasons));
  }

  finished(): void {
    this.#show(withRestSkipped(this.#progress));
  }

  #show(progress: RunProgress): void {
    this.#progress = progress;
    setCurrentDetails(details(progress));
  }
}

function now(): string {
  return new Date().toISOString();
}
