import type { Clock } from "../../clock.ts";
import type { Deployment } from "../serving/deployment.ts";
import { modelServerError, parsePredictions } from "../serving/model-answer.ts";
import { VertexError } from "../wire/errors.ts";
import { fromValue, type Json, type ValueMessage } from "../wire/json.ts";

/** How often a batch is sent that found no server, or a busy one. */
const attempts = 5;
/** Milliseconds; doubled each time. */
const firstRetryPause = 500;

/** Asks the model servers of a job. */
export class Predictor {
  readonly #deployment: Deployment;
  readonly #parameters: { readonly parameters?: Json };
  readonly #clock: Clock;

  constructor(deployment: Deployment, parameters: ValueMessage | undefined, clock: Clock) {
    this.#deployment = deployment;
    this.#parameters = parameters === undefined ? {} : { parameters: fromValue(parameters) };
    this.#clock = clock;
  }

  /** One prediction for each instance, in the same order. Throws a {@link VertexError}, or the signal's reason. */
  async predict(instances: readonly Json[], signal: AbortSignal): Promise<readonly Json[]> {
    const body = Buffer.from(JSON.stringify({ instances, ...this.#parameters }));
    let pause = firstRetryPause;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(body, instances.length);
      } catch (error) {
        signal.throwIfAborted();
        const passing = error instanceof VertexError && ["UNAVAILABLE", "RESOURCE_EXHAUSTED"].includes(error.code);
        if (!passing || attempt === attempts) throw error;
      }
      await this.#clock.sleep(pause, signal);
      pause *= 2;
    }
  }

  async #ask(body: Buffer, count: number): Promise<readonly Json[]> {
    const answer = await this.#deployment.request(body, "application/json");
    if (answer.status < 200 || answer.status >= 300) throw modelServerError("the job", answer.status, answer.body);
    const { predictions } = parsePredictions(answer.body);
    if (predictions.length !== count) {
      throw new VertexError(
        "INTERNAL",
        `The model server answered ${predictions.length} predictions to ${count} instances.`,
      );
    }
    return predictions;
  }
}
