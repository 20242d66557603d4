import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";

/** By which the Temporal UI lists and filters runs. Shown, never decided from. */
export const recipeAttribute = defineSearchAttributeKey("RetemperRecipe", SearchAttributeType.KEYWORD);
export const stageAttribute = defineSearchAttributeKey("RetemperStage", SearchAttributeType.KEYWORD);
export const decisionAttribute = defineSearchAttributeKey("RetemperDecision", SearchAttributeType.KEYWORD);
export const endpointAttribute = defineSearchAttributeKey("RetemperEndpoint", SearchAttributeType.KEYWORD);

export const searchAttributeNames = [recipeAttribute, stageAttribute, decisionAttribute, endpointAttribute].map(
  (key) => key.name,
);
