import { expect, test } from "vitest";
import { readInstalls } from "./installs.ts";

const program = ["sh", "-ec", "python3 -m kfp.dsl.executor_main", "source", "--function_to_execute", "f"];

test("what the Python SDK's script installs is read, and what is left is the program", () => {
  const script = `
if ! [ -x "$(command -v pip)" ]; then
    python3 -m ensurepip || python3 -m ensurepip --user || apt-get install python3-pip
fi

PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location --index-url https://a/simple --trusted-host https://a/simple 'pandas>=2,<3' 'x[y]'  &&  python3 -m pip install --quiet --no-warn-script-location 'kfp==2.17.0' '--no-deps' 'typing-extensions>=3.7.4,<5; python_version<"3.9"' && "$0" "$@"
`;
  expect(readInstalls(["sh", "-c", script, ...program])).toEqual({
    installs: [
      ["--index-url", "https://a/simple", "--trusted-host", "https://a/simple", "pandas>=2,<3", "x[y]"],
      ["kfp==2.17.0", "--no-deps", 'typing-extensions>=3.7.4,<5; python_version<"3.9"'],
    ],
    argv: program,
  });
});

test("a second try with --user is the same installation", () => {
  const script =
    "(PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location 'xgboost==1.1.1' \\\n 'pandas==1.0.5' || PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location 'xgboost==1.1.1' 'pandas==1.0.5' --user) && \"$0\" \"$@\"";
  expect(readInstalls(["sh", "-c", script, "python3", "-u", "-c", "pass"])).toEqual({
    installs: [["xgboost==1.1.1", "pandas==1.0.5"]],
    argv: ["python3", "-u", "-c", "pass"],
  });
});

test("a virtual environment that the script makes is none that has to be made", () => {
  const script = `
PIP_DISABLE_PIP_VERSION_CHECK=1 
export PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
python3 -m venv "$tmp/venv" --system-site-packages
. "$tmp/venv/bin/activate"
 python3 -m pip install --quiet --no-warn-script-location 'kfp==2.17.0' '--no-deps' && "$0" "$@"
`;
  expect(readInstalls(["/bin/sh", "-c", script, ...program])?.installs).toEqual([["kfp==2.17.0", "--no-deps"]]);
});

test("any other command is left alone", () => {
  expect(readInstalls(program)).toBeUndefined();
  expect(readInstalls(["sh", "-c", "pip install x && echo done"])).toBeUndefined();
  expect(readInstalls(["python3", "-m", "pip", "install", "x"])).toBeUndefined();
  expect(readInstalls([])).toBeUndefined();
});
