from __future__ import annotations

import json
import urllib.parse
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from offbook_jupyter.child import environment

pytestmark = pytest.mark.usefixtures("fake_server")


@pytest.fixture
def address(jp_http_port: int, jp_base_url: str, jp_serverapp: Any, http_server_client: Any) -> str:
    return f"ws://127.0.0.1:{jp_http_port}{jp_base_url}offbook/lsp"


@pytest.fixture
def login(jp_serverapp: Any, http_server_client: Any, jp_base_url: str) -> Any:
    """The cookies of a user who opened the page with the token."""

    async def login() -> str:
        token = urllib.parse.quote(jp_serverapp.identity_provider.token)
        answer = await http_server_client.fetch(f"{jp_base_url}api/status?token={token}")
        return "; ".join(line.split(";")[0] for line in answer.headers.get_list("Set-Cookie"))

    return login


async def connect(address: str, **headers: str) -> Any:
    return await websocket_connect(HTTPRequest(address, headers=headers, connect_timeout=10))


async def refused(address: str, **headers: str) -> int:
    with pytest.raises(HTTPClientError) as error:
        await connect(address, **headers)
    return error.value.code


async def test_no_token_is_refused(address: str) -> None:
    assert await refused(address) == 403


async def test_a_wrong_token_is_refused(address: str) -> None:
    assert await refused(address, Authorization="token wrong") == 403
    assert await refused(address + "?token=wrong") == 403


async def test_the_token_opens(address: str, jp_auth_header: dict[str, str], ask: Any) -> None:
    socket = await connect(address, **jp_auth_header)
    assert await ask(socket, "echo", x="é") == {"method": "echo", "x": "é"}
    socket.close()


async def test_a_cookie_opens_from_our_own_page(address: str, login: Any, ask: Any, jp_http_port: int) -> None:
    socket = await connect(address, Cookie=await login(), Origin=f"http://127.0.0.1:{jp_http_port}")
    assert await ask(socket, "echo") == {"method": "echo"}
    socket.close()


async def test_a_cookie_from_a_foreign_page_is_refused(address: str, login: Any) -> None:
    assert await refused(address, Cookie=await login(), Origin="https://evil.example") == 403


async def test_a_foreign_host_is_refused(address: str, jp_auth_header: dict[str, str]) -> None:
    assert await refused(address, Host="evil.example", **jp_auth_header) == 403


async def test_a_user_who_may_not_execute_is_refused(
    address: str, jp_serverapp: Any, jp_auth_header: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def is_authorized(_handler: Any, _user: Any, action: str, resource: str) -> bool:
        asked.append((action, resource))
        return False

    monkeypatch.setattr(jp_serverapp.authorizer, "is_authorized", is_authorized)
    assert await refused(address, **jp_auth_header) == 403
    assert asked == [("execute", "offbook")]


async def test_the_language_server_gets_no_token(
    address: str, jp_auth_header: dict[str, str], ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("JPY_API_TOKEN", "secret")
    socket = await connect(address, **jp_auth_header)
    names = (await ask(socket, "about"))["environment"]
    assert "PATH" in names
    assert not {"JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"} & set(names)
    socket.close()


def test_the_environment_keeps_what_finds_kernels() -> None:
    kept = {"PATH": "/bin", "JUPYTER_PATH": "/k", "JUPYTER_CONFIG_DIR": "/c"}
    assert environment({**kept, "JUPYTER_TOKEN": "x", "JPY_PARENT_PID": "1"}) == kept


async def test_the_page_learns_the_root(jp_fetch: Any, jp_serverapp: Any, jp_root_dir: Any) -> None:
    page = jp_serverapp.web_app.settings["page_config_data"]
    assert page["offbookRootUri"] == jp_root_dir.resolve().as_uri()
    assert json.dumps(page["offbookVersion"])[1].isdigit()
