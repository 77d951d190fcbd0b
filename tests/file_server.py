"""A local server for one file with ranges, validators and faults, like those of buckets and release pages."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.threaded_server import serving


@dataclass
class FileServer:
    """The file to serve, the faults to cause, and a record of the requests.

    `cut_after` ends the connection after so many bytes of an answer, for the first `cuts` answers; `statuses` are
    given before any answer, one each.
    """

    content: bytes
    ranges: bool = True
    validators: bool = True
    cut_after: int = 0
    cuts: int = 0
    statuses: list[int] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    chunked: bool = False
    slow: float = 0.0
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:8]}"'

    @contextmanager
    def running(self) -> Iterator["FileServer"]:
        with serving(_handler(self)) as port:
            self.url = f"http://127.0.0.1:{port}/bundle.tar.gz"
            yield self


def _handler(served: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.asked.append(dict(self.headers.items()) | {"path": self.path})
            self.close_connection = True
            if self.path in served.redirects:
                self._head(302, {"Location": served.redirects[self.path], "Content-Length": "0"})
            elif served.statuses:
                self._head(served.statuses.pop(0), {"Content-Length": "0"})
            else:
                self._send_file()

        def _send_file(self) -> None:
            begin = self._begin()
            size = len(served.content)
            validators = {"ETag": served.tag} if served.validators else {}
            if begin > size or (begin == size and begin > 0):
                self._head(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
                return
            body = served.content[begin:]
            headers = {} if served.chunked else {"Content-Length": str(len(body))}
            if begin:
                headers["Content-Range"] = f"bytes {begin}-{size - 1}/{size}"
            self._head(206 if begin else 200, headers | validators)
            if served.cuts > 0:
                served.cuts -= 1
                body = body[: served.cut_after]
            for start in range(0, len(body), 65536):
                try:
                    self.wfile.write(body[start : start + 65536])
                except OSError:
                    return
                served.sent += len(body[start : start + 65536])
                time.sleep(served.slow)

        def _begin(self) -> int:
            asked = self.headers.get("Range")
            condition = self.headers.get("If-Range")
            if not asked or not served.ranges or (condition and condition != served.tag):
                return 0
            return int(asked.removeprefix("bytes=").removesuffix("-"))

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in (headers | {"Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
