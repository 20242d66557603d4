import { isGrpcServiceError, type OperatorService } from "@temporalio/client";
import { searchAttributeNames } from "../../pipelines/retrain/search-attributes.ts";

const keyword = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
const alreadyExists = 6; // gRPC's ALREADY_EXISTS

/** Registers the search attributes that our workflows set, unless the namespace has them. */
export async function ensureSearchAttributes(operator: OperatorService, namespace: string): Promise<void> {
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const missing = searchAttributeNames.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await operator.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    // Another worker was quicker.
    if (!(isGrpcServiceError(error) && error.code === alreadyExists)) throw error;
  }
}
