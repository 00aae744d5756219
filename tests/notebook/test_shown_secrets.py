import pytest

from offbook.notebook.reader import summarize_output

TOKEN = "ghp_" + "q8Zk29xQ0vB7mN4cT8rLpW1yF5dH3jK6sA2e"


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ({"output_type": "stream", "text": f"token: {TOKEN}\n"}, ("a GitHub token",)),
        ({"output_type": "stream", "text": ["a\n", "DB_PASSWORD='mv8!kTrq2'\n"]}, ("the value of `DB_PASSWORD`",)),
        (
            {"output_type": "execute_result", "data": {"text/plain": "{'password': 'mv8!kTrq2'}"}},
            ("the value of `password`",),
        ),
        ({"output_type": "error", "ename": "E", "traceback": [f"no {TOKEN}"]}, ("a GitHub token",)),
        (
            {"output_type": "error", "ename": "E", "traceback": ["postgresql://anna:mv8kTrq2@db.lab.org/x"]},
            ("a password in an address",),
        ),
        (
            {"output_type": "display_data", "data": {"text/html": TOKEN, "image/png": TOKEN}, "metadata": {"t": TOKEN}},
            (),
        ),
        ({"output_type": "stream", "text": "password = 'changeme'"}, ()),
        ({"output_type": "stream", "text": "x" * 70_000 + TOKEN}, ()),
        ({"output_type": "stream", "text": "nothing"}, ()),
        ({"output_type": "stream", "text": "Found: https://a.b/c?X-Amz-Credential=AKIAQ8ZK29XQ0VB7MN4C&x=1"}, ()),
        ({"output_type": "stream", "text": "{'apiKey': '9fK2mQ7xL0pZ4rT8vW1y'}"}, ("the value of `apiKey`",)),
    ],
)
def test_secrets_in_plain_text_are_noted_by_what_they_are(output: dict[str, object], found: tuple[str, ...]) -> None:
    assert summarize_output(output).secrets == found
