"""The Jupyter Server extension: one WebSocket route, its bounds, and what the page must know."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Float, Integer

from offbook import version
from offbook_jupyter.connections import Connections
from offbook_jupyter.handler import LanguageServerSocket
from offbook_jupyter.servers import LanguageServers


class OffbookApp(ExtensionApp):
    """Offers a language server to each page that is allowed to run code on this server."""

    name = "offbook_jupyter"
    extension_url = "/lab"
    load_other_extensions = True

    max_message_bytes = Integer(
        16 * 1024 * 1024, help="The largest message a page may send; a larger one closes its connection."
    ).tag(config=True)
    max_connections = Integer(16, help="How many pages of one user may have a language server at the same time.").tag(
        config=True
    )
    max_all_connections = Integer(
        64, help="How many pages of all users may have a language server at the same time."
    ).tag(config=True)
    stop_seconds = Float(
        2.0, help="How long a language server may take to stop once its page is gone, before it is killed."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Put the workspace root and our version into the page's configuration."""
        assert self.serverapp is not None
        root = os.path.realpath(self.serverapp.root_dir)
        settings: dict[str, Any] = self.serverapp.web_app.settings
        page = settings.setdefault("page_config_data", {})
        page["offbookRootUri"] = Path(root).as_uri()
        page["offbookVersion"] = version()

    def initialize_handlers(self) -> None:
        """Add the WebSocket route."""
        self._servers = LanguageServers(self.stop_seconds, self.log)
        options = {
            "servers": self._servers,
            "connections": Connections(self.max_connections, self.max_all_connections),
            "max_message_bytes": self.max_message_bytes,
        }
        self.handlers.append((r"/offbook/lsp", LanguageServerSocket, options))

    async def stop_extension(self) -> None:
        """Stop the language servers that still run."""
        await self._servers.stop_all()
