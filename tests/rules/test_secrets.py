import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.notebook.secrets import find_secrets, shown_secrets

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def drawn(length: int, alphabet: str = LETTERS) -> str:
    return "".join(random.Random(length).choices(alphabet, k=length))


SHAPES = [
    ("AK" + "IA" + drawn(16, string.ascii_uppercase + "234567"), "an AWS access key"),
    ("gh" + "p_" + drawn(36), "a GitHub token"),
    ("github" + "_pat_" + drawn(80), "a GitHub token"),
    ("glp" + "at-" + drawn(20), "a GitLab token"),
    ("xo" + "xb-" + "394857201934-" + drawn(24), "a Slack token"),
    ("https://hooks.slack" + ".com/services/T0AB3CD9E/B0QW7ER2T/" + drawn(24), "a Slack webhook"),
    ("s" + "k-ant-" + "api03-" + drawn(80), "an Anthropic key"),
    ("s" + "k-proj-" + drawn(48), "an OpenAI key"),
    ("AI" + "za" + drawn(35), "a Google API key"),
    ("h" + "f_" + drawn(34), "a Hugging Face token"),
    ("sk_" + "live_" + drawn(24), "a Stripe key"),
    ("da" + "pi" + drawn(32, HEX), "a Databricks token"),
    ("Account" + "Key=" + drawn(86) + "==", "an Azure storage key"),
    ("-----BEGIN RSA PRIVATE" + " KEY-----\n" + drawn(64), "a private key"),
    ("-----BEGIN OPENSSH PRIVATE" + " KEY-----\\n" + drawn(64), "a private key"),
]


@pytest.mark.parametrize(("secret", "what"), SHAPES, ids=[what for _, what in SHAPES])
def test_a_secret_is_known_by_its_shape(secret: str, what: str) -> None:
    text = f"call('{secret}')"
    [found] = find_secrets(text)
    assert found.what == what
    assert text[found.start : found.end] in secret


def test_a_key_of_weights_and_biases_is_known_by_its_call() -> None:
    [found] = find_secrets(f"wandb.login(key='{drawn(40, HEX)}')")
    assert found.what == "a Weights & Biases key"


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "sk-" + "x" * 48,
        "ghp_" + "a" * 36,
        "sk-" + "your-openai-key-goes-here-0123456789abcdef",
        "'-----BEGIN PRIVATE KEY-----' in text",
        "risk-adjusted-returns-of-the-portfolio-over-time",
        "https://example.org/a:b@c",
        "image = 'data:image/png;base64," + drawn(2000) + "'",
        "token = '" + drawn(30) + " " + drawn(30) + "'",
    ],
)
def test_what_only_looks_like_a_secret(text: str) -> None:
    assert find_secrets(text) == []


def test_a_place_is_found_once() -> None:
    assert len(find_secrets("GITHUB_TOKEN = '" + "gh" + "p_" + drawn(36) + "'")) == 1


@given(st.text(alphabet="apk swordtoken=_:'\"@/0189\n{}%!", max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    for secret in find_secrets(text):
        assert 0 <= secret.start < secret.end <= len(text)


def test_an_output_shows_values_without_quotes() -> None:
    value = drawn(24)
    assert shown_secrets(f"HOST=db\nAPI_KEY={value}\n") == ("the value of `API_KEY`",)
    assert shown_secrets(f"CLIENT_SECRET: {value}") == ("the value of `CLIENT_SECRET`",)
    assert shown_secrets(f"export AWS_SECRET_ACCESS_KEY={value}==") == ("the value of `AWS_SECRET_ACCESS_KEY`",)
    assert shown_secrets(f"token = '{value}'") == ("the value of `token`",)
    for text in (
        f"the token: {value} was read",
        "pad_token: 0123456789abcdef0",
        "API_KEY=your-key-goes-here-123",
        "secret: aaaaaaaaaaaaaaaaaaaa",
        f"key: {value}",
        "access_key: models/2024/checkpoint/best.json",
    ):
        assert shown_secrets(text) == (), text
    assert not find_secrets(f"API_KEY={value}"), "code without quotes is a name"
