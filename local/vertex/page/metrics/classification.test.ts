import { expect, test } from "vitest";
import { areaUnder, classifications } from "./classification.ts";

// As kfp 2.17.0 writes them: ClassificationMetrics().log_confusion_matrix(…), .log_roc_curve(…).
const confusionMatrix = {
  annotationSpecs: [{ displayName: "cat" }, { displayName: "dog" }],
  rows: [{ row: [8, 2] }, { row: [1, 9] }],
};
const confidenceMetrics = [
  { confidenceThreshold: 0.5, recall: 0.5, falsePositiveRate: 0 },
  { confidenceThreshold: 0.1, recall: 1, falsePositiveRate: 0.5 },
];

test("the SDK's confusion matrix and curve are read, alone and by slices", () => {
  const read = {
    slice: null,
    confusionMatrix: {
      classes: ["cat", "dog"],
      counts: [
        [8, 2],
        [1, 9],
      ],
    },
    curve: [
      { threshold: 0.5, recall: 0.5, falsePositiveRate: 0 },
      { threshold: 0.1, recall: 1, falsePositiveRate: 0.5 },
    ],
  };
  expect(classifications({ confusionMatrix, confidenceMetrics })).toEqual([read]);
  expect(
    classifications({ evaluationSlices: [{ slice: "young", sliceClassificationMetrics: { confusionMatrix } }] }),
  ).toEqual([{ ...read, slice: "young", curve: [] }]);
});

test("what has another form is no table", () => {
  expect(classifications({ accuracy: 0.9 })).toEqual([]);
  expect(classifications({ confusionMatrix: { annotationSpecs: [{}], rows: [[1, 2]] }, confidenceMetrics: 3 })).toEqual(
    [],
  );
});

test("the area under a curve", () => {
  expect(areaUnder([])).toBe(0.5);
  expect(areaUnder([{ threshold: 0.5, recall: 1, falsePositiveRate: 0 }])).toBe(1);
  expect(areaUnder(classifications({ confidenceMetrics })[0]?.curve ?? [])).toBeCloseTo(0.875);
});
