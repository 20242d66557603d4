import { compile, pipeline, string, when } from "../../../specs/index.ts";
import { componentOf, conform } from "./reference.ts";

conform({
  "if_else_with_oneof_parameters.yaml": () => {
    const file = "if_else_with_oneof_parameters.yaml";
    const flipCoin = componentOf(file, "flip-coin", { outputs: { Output: string() } });
    const print = componentOf(file, "print-and-return", { inputs: { text: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("flip-coin-pipeline", {}, () => {
        const coin = flipCoin();
        const printed = when(coin.Output.equals("heads"), () => print({ text: "Got heads!" })).otherwise(() =>
          print({ text: "Got tails!" }),
        );
        print({ text: printed.Output });
        return printed;
      }),
    );
  },
});
