"""What secrets look like, and what only looks like one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from offbook.text.patterns import pattern

_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("AKIA", "an AWS access key", r"\bAKIA[A-Z2-7]{16}\b"),
    ("ASIA", "an AWS access key", r"\bASIA[A-Z2-7]{16}\b"),
    ("gh", "a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    ("github_pat_", "a GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{60,255}\b"),
    ("glpat-", "a GitLab token", r"\bglpat-[\w-]{20,}"),
    ("xox", "a Slack token", r"\bxox[abeoprs]-(?:\d[\w-]*-)[\w-]{10,}"),
    ("hooks.slack.com", "a Slack webhook", r"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"),
    ("sk-ant-", "an Anthropic key", r"\bsk-ant-[\w-]{32,}"),
    ("sk-", "an OpenAI key", r"\bsk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}"),
    ("AIza", "a Google API key", r"\bAIza[\w-]{35}(?![\w-])"),
    ("GOCSPX-", "a Google client secret", r"\bGOCSPX-[\w-]{28}(?![\w-])"),
    ("ya29.", "a Google access token", r"\bya29\.[\w-]{40,}"),
    ("hf_", "a Hugging Face token", r"\bhf_[A-Za-z0-9]{34,}\b"),
    ("k_live_", "a Stripe key", r"\b[sr]k_live_[A-Za-z0-9]{20,}"),
    ("SG.", "a SendGrid key", r"\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])"),
    ("npm_", "an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-", "a PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    ("dapi", "a Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("login(", "a Weights & Biases key", r"\blogin\(\s*(?:key\s*=\s*)?[\"'][0-9a-f]{40}[\"']"),
    ("AccountKey=", "an Azure storage key", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    (
        "PRIVATE KEY",
        "a private key",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s)+[A-Za-z0-9+/=]{40,}",
    ),
)
"""Part of the text that must be there, what it is, and its shape."""
_READ = 65_536
"""How many characters at the beginning of an output are looked at."""
_SIGNS = (*(part for part, _, _ in _SHAPES), "://")
_LOWER_SIGNS = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "_key",
    "-key",
    "pass=",
    "pass:",
)
_KEYS = ("apikey", "accesskey", "authkey", "privatekey", "accountkey", "storagekey", "subscriptionkey", "consumerkey")
"""What stands in every text that holds a secret, as it is or in lower case."""
_COMPILED = tuple((part, what, pattern(shape)) for part, what, shape in _SHAPES)

_SIGNED = ("Credential=", "AWSAccessKeyId=")
"""What stands before the name of a key, which is no secret, in an address that it signed."""
_CONNECTION = pattern(
    r"\b[a-z][a-z0-9+.-]*://(?P<user>[^\s:/@'\"{}<>$%]*):(?P<value>[^\s@'\"{}<>$/]+)@(?P<host>[\w.-]+)"
)
_NAMED = pattern(
    r"(?P<name>(?:passw(?:or)?d|passphrase|pwd|pass|secret|token|credentials?|"
    r"(?:api|access|auth|private|account|storage|secret|subscription|consumer|encryption)[_-]?key))"
    r"(?:_?\d)?(?P<closing>[\"']?\s*\]?)\s*(?::\s*str\s*)?[=:]\s*[rRbBuU]?(?P<quote>[\"'])(?P<value>[^\"'\s]{6,300})(?P=quote)",
    re.IGNORECASE,
)
_ENVIRONMENT = pattern(
    r"^[ \t]*(?:%(?:set_)?env\s+|!\s*export\s+)\w*?(?P<name>password|passwd|pass|pwd|secret|token|key)"
    r"(?:\s*=\s*|\s+)(?P<value>[^\s\"'=]{6,300})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_PRINTED = pattern(
    r"^[ \t]*(?:export )?(?P<prefix>[\w.-]*?)(?P<name>passw(?:or)?d|secret|token|"
    r"(?:api|access|auth|private|account|storage|secret|consumer)[_-]?key)"
    r"[ \t]*[:=][ \t]*(?P<value>[^\s\"'=]{16,300})={0,2}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line of an output that says nothing else: ``cat .env``, ``print("CLIENT_SECRET: " + secret)``."""
_WORDS = ("pass", "pwd", "secret", "token", "key", "credential")
_PREFIX = pattern(r"[\w.-]*\Z")
_LANGUAGE = pattern(
    r"(?:pad|sep|unk|mask|cls|bos|eos|sos|start|end|stop|begin|special|oov|separator|image|page|next|word|sub)\w*[_-]?\Z",
    re.IGNORECASE,
)
"""What stands before ``token`` where it is a word of a text."""
_PLACEHOLDER = pattern(
    r"xxx|\*\*|\.\.\.|---|___|your|change.?(?:me|it)|example|placeholder|redacted|removed|hidden|dummy|fake|sample|todo|"
    r"fixme|insert|replace|enter|fill|secret|passw|pa\$\$|token|api.?key|access.?key|^my|test|demo|foo|qwert|"
    r"1234|abcd|default|none|null|admin|root|guest|user|hello|goes|here|public|postgres|mysql|"
    r"[{}<>]|^\$|^%|%s|://",
    re.IGNORECASE,
)
_FILE = pattern(r"^[./~\\]|^[A-Za-z]:[\\/]|\.(?:json|txt|pem|ya?ml|toml|env|key|csv|ini|cfg|pkl)$|/.*/")
_WORD_LIKE = pattern(r"[A-Za-z]+(?:[ ._:/-][A-Za-z]+)*\d?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_LOCAL = pattern(r"localhost|127\.|0\.0\.0\.0|(?:[\w-]+\.)*example\.|host(?:name)?$|server$|db$|proxy", re.IGNORECASE)


class Secret(NamedTuple):
    """A secret in a text: offsets of its value, and what it is, in words."""

    start: int
    end: int
    what: str


def find_secrets(text: str) -> list[Secret]:
    """Return the secrets that stand in a text, in order; each place once."""
    found: dict[int, Secret] = {}
    for secret in (*_by_shape(text), *_in_connections(text), *_by_name(text)):
        if not any(other.start < secret.end and secret.start < other.end for other in found.values()):
            found[secret.start] = secret
    return [found[start] for start in sorted(found)]


def shown_secrets(text: str) -> tuple[str, ...]:
    """Return what the secrets at the beginning of an output's plain text are; their values are not kept."""
    head = text[:_READ]
    if not any(sign in head for sign in _SIGNS):
        lower = head.lower()
        if not any(sign in lower for sign in _LOWER_SIGNS) and not (
            "key" in lower and any(map(lower.__contains__, _KEYS))
        ):
            return ()
    found = find_secrets(head)
    printed = (
        secret for secret in _printed(head) if not any(other.start <= secret.start < other.end for other in found)
    )
    return tuple(secret.what for secret in (*found, *printed))


def _printed(text: str) -> Iterator[Secret]:
    """Yield the values that stand behind their name on a line of their own, without quotes."""
    for match in _PRINTED.finditer(text):
        if _names_a_secret(match["prefix"], match["name"].lower()) and _is_secret(match["value"], ""):
            yield Secret(match.start("value"), match.end("value"), f"the value of `{match['prefix']}{match['name']}`")


def _by_shape(text: str) -> Iterator[Secret]:
    for part, what, shape in _COMPILED:
        if part in text:
            for match in shape.finditer(text):
                body = match.group()[len(part) :]
                signed = text.endswith(_SIGNED, 0, match.start())
                if not signed and len(set(body)) >= 8 and not _PLACEHOLDER.search(body.replace("-----", "")):
                    yield Secret(match.start(), match.end(), what)


def _in_connections(text: str) -> Iterator[Secret]:
    if "://" not in text:
        return
    for match in _CONNECTION.finditer(text):
        user, value, host = match["user"], match["value"], match["host"]
        plain = value.lower() in (user.lower(), "pass", "pwd", "pw") or _PLACEHOLDER.search(value)
        if not plain and not _LOCAL.match(host) and len(value) >= 5 and not value.isdigit():
            yield Secret(match.start("value"), match.end("value"), "a password in an address")


def _by_name(text: str) -> Iterator[Secret]:
    """Yield the values of names such as ``password`` and ``api_key``."""
    lower = text.lower()
    if not any(word in lower for word in _WORDS):
        return
    for match in _NAMED.finditer(text):
        prefix = _before(text, match.start("name"))
        if text.endswith("::", 0, match.start("name") - len(prefix)):  # a type's name, such as those of AWS
            continue
        if _names_a_secret(prefix, match["name"].lower()) and _is_secret(match["value"], match["name"].lower()):
            yield Secret(match.start("value"), match.end("value"), f"the value of `{prefix}{match['name']}`")
    for match in _ENVIRONMENT.finditer(text):
        if _is_secret(match["value"], match["name"].lower()):
            name = _before(text, match.start("name")) + match["name"]
            yield Secret(match.start("value"), match.end("value"), f"the value of `{name}`")


def _before(text: str, at: int) -> str:
    """Return the part of a name that stands before an offset."""
    found = _PREFIX.search(text[max(0, at - 60) : at])
    return found.group().lstrip("-.") if found else ""


def _names_a_secret(prefix: str, name: str) -> bool:
    if (name == "token" and _LANGUAGE.search(prefix)) or "public" in prefix.lower():
        return False
    if name in ("pass", "pwd"):
        return not prefix or prefix[-1] in "_-."
    return not prefix or prefix[-1] in "_-." or prefix[-1].isalnum()


def _is_secret(value: str, name: str) -> bool:
    """Tell whether a name's value is a secret, and not a word, a file or an example."""
    if _PLACEHOLDER.search(value) or _FILE.search(value) or _WORD_LIKE.fullmatch(value):
        return False
    if name.startswith(("passw", "passp", "pass", "pwd")):
        mixed = any(map(str.isalpha, value)) and any(not character.isalpha() for character in value)
        return mixed and len(set(value)) >= 5 and not (name == "pwd" and "/" in value)
    return (
        len(value) >= 16
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and not value.startswith(("pk.", "pk_"))
        and not set(value) & set("()[]\\ ,;?")
        and _entropy(value) >= 3.0
    )


def _entropy(text: str) -> float:
    """Return the entropy of a text's characters in bits for each (Shannon 1948)."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
