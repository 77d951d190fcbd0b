"""The HTTP protocol of uvicorn: its limits, or a warning if they do not apply."""

from pathlib import Path

import pytest

from tests.running_server import UVICORN, running_server

WARNING = "the limits on slow clients and large headers do not apply"


@pytest.mark.parametrize("options", [(), ("--http", "httptools"), ("--http", "httptools", "--loop", "asyncio")])
def test_httptools_gets_the_limits(models_dir: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    with running_server(models_dir, tmp_path / "log", launcher=(*UVICORN, *options)) as server:
        assert WARNING not in server.log


def test_another_protocol_is_named_in_the_log(models_dir: Path, tmp_path: Path) -> None:
    with running_server(models_dir, tmp_path / "log", launcher=(*UVICORN, "--http", "h11")) as server:
        assert f"uvicorn uses the protocol H11Protocol: {WARNING}" in server.log
        assert "--http httptools" in server.log
