"""What transformers' chat templates make of conversations: JSON from standard input to standard output."""

import json
import sys

from jinja2 import TemplateError
from transformers.utils.chat_template_utils import render_jinja_template


def render(case):
    options = {"chat_template": case["template"], **case["tokens"]}
    generates = "generation %}" in case["template"] or "generation -%}" in case["template"]
    try:
        texts, indices = render_jinja_template(
            [case["messages"]], tools=case["tools"], return_assistant_tokens_mask=generates, **options
        )
    except TemplateError as error:
        return {"refusal": error.message}
    return {"text": texts[0], "generated": indices[0] if generates else None}


print(json.dumps([render(case) for case in json.load(sys.stdin)]))
