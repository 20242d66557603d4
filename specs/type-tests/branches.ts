import {
  type ArtifactValue,
  collected,
  container,
  double,
  int,
  Model,
  type ParameterValue,
  parallelFor,
  pipeline,
  string,
  when,
} from "../index.ts";

/** What must not compile about branches; `tsc` checks it. Nothing here runs. */

const flip = container("flip", { image: "i", outputs: { side: string(), weight: double(), model: Model } });
const print = container("print", { image: "i", inputs: { text: string() }, outputs: { text: string() } });
const weigh = container("weigh", { image: "i", inputs: { weight: double(), model: Model } });
const many = container("many", { image: "i", inputs: { texts: string() } });

export function branches(): void {
  pipeline("branches", { inputs: { count: int() } }, ({ count }) => {
    const coin = flip();

    // Right: what every branch gives exists afterwards, with its type.
    const both = when(coin.side.equals("heads"), () => ({ text: print({ text: "heads" }).text, model: coin.model }))
      .elseWhen(count.atLeast(3), () => ({ text: print({ text: "many" }).text, model: flip().model }))
      .otherwise(() => ({ text: print({ text: "tails" }).text, model: flip().model }));
    print({ text: both.text });
    weigh({ weight: coin.weight, model: both.model });
    const text: ParameterValue<"string", string> = both.text;
    const model: ArtifactValue<"system.Model"> = both.model;
    void [text, model];

    // Right: a whole task gives all its outputs.
    print({ text: when(count.equals(1), () => print({ text: "a" })).otherwise(() => print({ text: "b" })).text });

    const perhaps = when(count.equals(1), () => ({ text: print({ text: "a" }).text }));
    // @ts-expect-error It may not exist.
    print({ text: perhaps.text });
    // @ts-expect-error A list of at most one text is no text.
    many({ texts: collected(perhaps.text) });

    const still = when(count.equals(1), () => ({ side: flip().side })).elseWhen(count.equals(2), () => ({
      side: flip().side,
    }));
    // @ts-expect-error Neither branch may have run.
    print({ text: still.side });

    when(count.equals(1), () => ({ side: flip().side }))
      // @ts-expect-error The branch before gives "side" back, and this one something else.
      .otherwise(() => ({ text: flip().side }));
    when(count.equals(1), () => ({ side: flip().side }))
      // @ts-expect-error It is of another type here.
      .otherwise(() => ({ side: flip().weight }));
    when(count.equals(1), () => ({ side: flip().side }))
      // @ts-expect-error This one gives nothing back.
      .otherwise(() => {
        flip();
      });

    // @ts-expect-error A number is no condition.
    when(1, () => flip());
    // @ts-expect-error A string is compared with a string.
    when(coin.side.equals(3), () => flip());
    // @ts-expect-error An artifact cannot be compared.
    when(coin.model.equals("m"), () => flip());

    const collectedSides = parallelFor([1, 2], (n) => {
      const odd = when(n.equals(1), () => ({ side: flip().side }));
      return { side: odd.side };
    });
    const sides: ParameterValue<"list", readonly string[]> = collectedSides.side;
    void sides;
  });
}
