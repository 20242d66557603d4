"""A language model behind the prediction container's contract, in a real server process."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from trainer.contract.validate import problems
from trainer.language.chat import ChatTemplate, TemplateRefused
from trainer.testing.tiny_language import write_tiny_language
from trainer.tests.conversations import ANSWERS, TRAIN_CONFIG, conversation, write_conversations
from trainer.tests.runs import run, train_arguments
from trainer.tests.test_serve import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    write_tiny_language(folder / "base", "llama", max_position_embeddings=160)
    data = write_conversations(folder / "data")
    finished = run(train_arguments(folder / "base", data, folder, **TRAIN_CONFIG))
    assert finished.status == 0, finished.errors
    with serving(str(folder / "model")) as one:
        yield one


def asked(number: int) -> dict[str, Any]:
    return {"messages": conversation(number)[:1]}


def chat(server: Server, body: Any) -> tuple[int, Any]:
    address = f"http://127.0.0.1:{server.port}/v1/chat/completions"
    try:
        with urllib.request.urlopen(address, json.dumps(body).encode(), timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_it_answers_what_it_has_learnt(server: Server) -> None:
    status, answer = server.post({"instances": [asked(number) for number in range(6)]})
    assert status == 200
    assert problems(answer, "WriteResponse") == []
    expected = [conversation(number)[1]["content"] for number in range(6)]
    assert [one["text"] for one in answer["predictions"]] == expected
    assert {one["finishReason"] for one in answer["predictions"]} == {"stop"}
    assert [one["completionTokens"] for one in answer["predictions"]] == [len(one) for one in expected]


def test_messages_and_the_prompt_that_they_make_are_the_same(server: Server) -> None:
    prompt = f"<|im_start|>user\n{conversation(1)[0]['content']}<|im_end|>\n<|im_start|>assistant\n"
    status, answer = server.post({"instances": [asked(1), prompt, {"prompt": prompt}]})
    assert status == 200
    assert len({json.dumps(one) for one in answer["predictions"]}) == 1


def test_limits_and_chance(server: Server) -> None:
    def ask(**parameters: Any) -> Any:
        return server.post({"instances": [asked(0)], "parameters": parameters})[1]["predictions"][0]

    assert (ask(maxTokens=2)["text"], ask(maxTokens=2)["finishReason"]) == ("pl", "length")
    wild = [ask(temperature=5, seed=seed, maxTokens=20)["text"] for seed in (1, 1, 2, 3)]
    assert wild[0] == wild[1]
    assert len(set(wild)) == 3
    assert ask(temperature=5, topP=0.01, maxTokens=8)["text"] == "play"


def test_many_clients_at_once_each_get_their_own_answer(server: Server) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: server.post({"instances": [asked(number)]}), range(24)))
    for number, (status, answer) in enumerate(answers):
        assert status == 200
        assert answer["predictions"][0]["text"] == list(ANSWERS.values())[number % 4]


def test_the_chat_of_openai(server: Server) -> None:
    status, answer = chat(server, {"model": "mine", **asked(2), "temperature": 0, "max_tokens": 16})
    assert status == 200
    [choice] = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": "hear"}
    assert choice["finish_reason"] == "stop"
    assert answer["model"] == "mine" and answer["object"] == "chat.completion"
    assert answer["usage"]["completion_tokens"] == 4
    assert chat(server, {**asked(2), "stream": True})[0] == 400
    assert chat(server, {"messages": []})[0] == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        ({"instances": []}, 400),
        ({"instances": [{"text": "a"}]}, 400),
        ({"instances": [""]}, 400),
        ({"instances": [{"messages": []}]}, 400),
        ({"instances": [{"messages": [{"role": "user"}]}]}, 400),
        ({"instances": [{"messages": [{"role": "user", "content": 3}]}]}, 400),
        (b'{"instances": [{"messages": [{"role": "user", "content": "\\ud800"}]}]}', 400),
        ({"instances": ["a"], "parameters": {"maxTokens": 0}}, 400),
        ({"instances": ["a"], "parameters": {"maxTokens": 81}}, 400),
        ({"instances": ["a"], "parameters": {"temperature": -1}}, 400),
        ({"instances": ["a"], "parameters": {"topP": 0}}, 400),
        ({"instances": ["a" * 81]}, 400),
        ({"instances": ["a"] * 1_001}, 400),
    ],
)
def test_a_bad_request_is_refused_with_the_reason(server: Server, body: Any, status: int) -> None:
    refused, answer = server.post(body)
    assert refused == status
    assert answer["error"]["message"]
    assert server.post({"instances": [asked(0)]})[0] == 200


def test_a_template_refuses_and_cannot_reach_out(tmp_path: Path) -> None:
    def template(source: str) -> ChatTemplate:
        (tmp_path / "chat_template.jinja").write_text(source)
        return ChatTemplate(tmp_path)

    messages = [{"role": "user", "content": "a"}]
    assert template("{{ messages[0].content }}{{ messages | tojson }}").render(messages) == f"a{json.dumps(messages)}"
    for source in (
        "{{ raise_exception('no') }}",
        "{{ messages.pop() }}",
        "{{ ''.__class__.__mro__ }}",
        "{% include 'x' %}",
        "{{ nothing.at.all }}",
        "{{",
    ):
        with pytest.raises(TemplateRefused):
            template(source).render(messages)
    (tmp_path / "chat_template.jinja").unlink()
    with pytest.raises(TemplateRefused):
        ChatTemplate(tmp_path).render(messages)
