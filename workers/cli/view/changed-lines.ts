/** Of two texts, the lines that only one has, with a few of those around them. */
export interface ChangedLine {
  readonly mark: "-" | "+" | " " | "…";
  readonly text: string;
}

/** Longer texts than that are compared only up to what is the same at their beginning and end. */
const mostCells = 4_000_000;

export function changedLines(before: string, after: string, around = 1): readonly ChangedLine[] {
  const [ones, others] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(ones.length, others.length) && ones[start] === others[start]) start += 1;
  let end = 0;
  while (end < Math.min(ones.length, others.length) - start && ones.at(-1 - end) === others.at(-1 - end)) end += 1;
  const middle = align(ones.slice(start, ones.length - end), others.slice(start, others.length - end));
  const head = ones.slice(0, start).map((text): ChangedLine => ({ mark: " ", text }));
  const tail = ones.slice(ones.length - end).map((text): ChangedLine => ({ mark: " ", text }));
  return withoutFarOnes([...head, ...middle, ...tail], around);
}

/** By their longest common subsequence. */
function align(ones: readonly string[], others: readonly string[]): readonly ChangedLine[] {
  if (ones.length * others.length > mostCells) {
    return [
      ...ones.map((text) => ({ mark: "-", text }) as const),
      ...others.map((text) => ({ mark: "+", text }) as const),
    ];
  }
  const width = others.length + 1;
  const lengths = new Uint32Array((ones.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = ones.length - 1; row >= 0; row--) {
    for (let column = others.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        ones[row] === others[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: ChangedLine[] = [];
  let [row, column] = [0, 0];
  while (row < ones.length || column < others.length) {
    const [one, other] = [ones[row], others[column]];
    if (one !== undefined && one === other) {
      lines.push({ mark: " ", text: one });
      row += 1;
      column += 1;
    } else if (one !== undefined && (other === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ mark: "-", text: one });
      row += 1;
    } else if (other !== undefined) {
      lines.push({ mark: "+", text: other });
      column += 1;
    }
  }
  return lines;
}

function withoutFarOnes(lines: readonly ChangedLine[], around: number): readonly ChangedLine[] {
  const kept: ChangedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const near = lines.slice(Math.max(0, index - around), index + around + 1).some(({ mark }) => mark !== " ");
    if (near) kept.push(line);
    else if (kept.at(-1)?.mark !== "…") kept.push({ mark: "…", text: "" });
  }
  return kept;
}
