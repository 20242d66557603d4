/** One word of a container's command line. Text may hold placeholders, which Vertex fills in. */
export type ArgumentNode = string | ConcatNode | IfPresentNode;

/** Several words, joined without a space. */
export interface ConcatNode {
  readonly kind: "concat";
  readonly items: readonly ArgumentNode[];
}

/** Words that are there only when an optional input has a value. */
export interface IfPresentNode {
  readonly kind: "if-present";
  readonly input: string;
  readonly present: ArgumentNode | readonly ArgumentNode[];
  readonly absent?: ArgumentNode | readonly ArgumentNode[];
}
