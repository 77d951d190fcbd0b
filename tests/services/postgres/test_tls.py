"""TLS between the service and PostgreSQL: `sslmode` and `sslrootcert` in the URL.

The server of the tests is built without TLS, so a proxy in front of it speaks it, as a connection pooler does.
"""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.services.errors import CatalogueUnavailableError
from app.services.postgres.database import Database
from tests.postgres_server import PostgresServer

_LENGTH_OF_SSL_REQUEST = 8

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def proxy(postgres: PostgresServer, certificate: Path) -> Iterator[int]:
    """The port of a proxy that accepts TLS only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, postgres.port), daemon=True).start()
        yield listener.getsockname()[1]


def _accept(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(client, context, port), daemon=True).start()


def _serve(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    try:
        client.recv(_LENGTH_OF_SSL_REQUEST)
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as encrypted:
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_copy, args=(server, encrypted), daemon=True).start()
            _copy(encrypted, server)
    except OSError:
        client.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()


def url_through(proxy: int, **parameters: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"postgresql://postgres@localhost:{proxy}/postgres?gssencmode=disable&{query}"


def fetch(url: str) -> list[tuple[object, ...]]:
    with closing(Database(url, connections=1, statement_seconds=10)) as database:
        return database.fetch("SELECT 1")


def test_a_server_whose_certificate_is_trusted_is_read(proxy: int, certificate: Path) -> None:
    assert fetch(url_through(proxy, sslmode="verify-full", sslrootcert=f"{certificate}.crt")) == [(1,)]


def test_a_server_whose_certificate_is_not_trusted_is_not_read(proxy: int, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CatalogueUnavailableError):
        fetch(url_through(proxy, sslmode="verify-full", sslrootcert="system"))
    assert "certificate verify failed" in caplog.text


def test_a_server_without_tls_is_not_read_if_the_url_requires_it(
    postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CatalogueUnavailableError):
        fetch(f"{postgres.url}?sslmode=require")
    assert "does not support SSL" in caplog.text
