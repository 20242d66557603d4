"""The conformance suite's cases, by Google's client for Python. Reads {"target": …, "cases": […]}; prints differences."""

import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from google.api_core.exceptions import GoogleAPICallError
from google.api_core.operation import Operation
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1
from google.protobuf import json_format

given = json.load(sys.stdin)
target = given["target"]
clients = {}


def client_of(service, transport):
    key = (service, transport)
    if key not in clients:
        options = {"api_endpoint": target["address"]}
        credentials = None if target["isReal"] else AnonymousCredentials()
        kind = getattr(aiplatform_v1, f"{service}Client")
        clients[key] = kind(transport=transport, client_options=options, credentials=credentials)
    return clients[key]


# The one method whose request isn't named after it.
requests = {"ServerStreamingPredict": "StreamingPredict"}


def message_of(name, value):
    kind = getattr(aiplatform_v1, f"{requests.get(name, name)}Request")
    return kind.wrap(json_format.ParseDict(value, kind.pb(kind())))


def to_json(answer):
    if answer is None:
        return {}
    # A list comes as a pager around the first page.
    answer = getattr(answer, "_response", answer)
    return json_format.MessageToDict(type(answer).pb(answer) if hasattr(type(answer), "pb") else answer)


def code_of(error):
    response = getattr(error, "response", None)
    if hasattr(response, "json"):
        # Of an answer that isn't Google's, what it is.
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return response.json()["error"]["status"] if is_json else f"{response.url}: {response.text}"
    return error.grpc_status_code.name if error.grpc_status_code else str(error.code)


def call(step, request, transport):
    service, method = step["call"].split(".")
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", method).lower()
    try:
        answer = getattr(client_of(service, transport), name)(message_of(method, request))
        if "stream" in step:
            return {"messages": [to_json(part) for part in answer]}, None
        if isinstance(answer, Operation):
            answer = answer.result(timeout=target["patience"] / 1000)
        return to_json(answer), None
    except GoogleAPICallError as error:
        return None, (code_of(error), str(error))


def fill(value, values):
    text = re.sub(r"<<(\w+)>>", lambda found: json.dumps(values[found[1]])[1:-1], json.dumps(value))
    return json.loads(text)


def field_at(value, path):
    for key in path.split("."):
        value = (value or {}).get(key)
    return value


def differences(expected, actual, at="answer"):
    unequal = [f"{at}: expected {expected!r}, got {actual!r}"]
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return unequal
        return [line for i, item in enumerate(expected) for line in differences(item, actual[i], f"{at}[{i}]")]
    if not isinstance(expected, dict):
        return [] if expected == actual else unequal
    if "$matches" in expected:
        return [] if isinstance(actual, str) and re.search(expected["$matches"], actual) else unequal
    if "$absent" in expected:
        return [] if actual in (None, "", 0, "0", False, [], {}) else unequal
    if not isinstance(actual, dict):
        return unequal
    return [line for key, item in expected.items() for line in differences(item, actual.get(key), f"{at}.{key}")]


def run_step(step, values, transport):
    request = fill(step["request"], values)
    end = time.monotonic() + target["patience"] / 1000
    while True:
        answer, refusal = call(step, request, transport)
        if refusal:
            code, message = refusal
            return [] if code == step.get("error") else [f"answered {code} ({message}), not {step.get('error', 'OK')}"]
        if "error" in step:
            return [f"answered OK, not {step['error']}"]
        until = step.get("until")
        if until and field_at(answer, until["field"]) not in until["is"]:
            if time.monotonic() > end:
                return [f"{until['field']} is still {field_at(answer, until['field'])!r}"]
            time.sleep(5 if target["isReal"] else 0.05)
            continue
        for name, path in step.get("save", {}).items():
            values[name] = field_at(answer, path)
        return differences(fill(step["expect"], values), answer) if "expect" in step else []


def run_case(asked, transport):
    values = dict(asked["values"][transport])
    found = []
    try:
        for step in asked["steps"]:
            wrong = run_step(step, values, transport)
            found += [f"{transport}: {step['call']}: {line} ({asked['document']})" for line in wrong]
            if wrong and "save" in step:
                break
    finally:
        for step in asked.get("cleanUp", []):
            if all(name in values for name in re.findall(r"<<(\w+)>>", json.dumps(step))):
                run_step(step, values, transport)
    return asked["name"], found


with ThreadPoolExecutor(8) as pool:
    work = [(asked, transport) for asked in given["cases"] for transport in ("grpc", "rest")]
    outcomes = list(pool.map(lambda pair: run_case(*pair), work))
print(json.dumps({"ran": len(outcomes), "differences": [line for _, lines in outcomes for line in lines]}))
