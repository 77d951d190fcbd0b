"""Entry point of `python -m app.mcp`, an MCP server over standard input and output or over HTTP."""

import argparse
import sys
from collections.abc import Sequence

import httpx

from app.client import Recommender
from app.recommender_source import add_source_arguments, open_recommender
from app.services.errors import ServiceError

HTTP_PATH = "/mcp"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the client closes the connection or the process is stopped; return the exit status."""
    args = _parser().parse_args(arguments)
    try:
        with open_recommender(args) as recommender:
            recommender.info()  # an unreachable service is an error at the start, not in the first call
            _serve(recommender, args)
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed; run: pip install -r requirements-mcp.txt")
    except ServiceError as error:
        return _fail(str(error))
    except httpx.TransportError as error:
        return _fail(f"{args.url} cannot be reached ({error}); start it, or leave --url out")
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.mcp", description="Serves the recommender to language models by the Model Context Protocol."
    )
    add_source_arguments(parser)
    parser.add_argument("--http", action="store_true", help=f"serve on HTTP at {HTTP_PATH} instead of stdin and stdout")
    parser.add_argument("--host", default="127.0.0.1", help="with --http (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8001, help="with --http (default: 8001)")
    return parser


def _serve(recommender: Recommender, args: argparse.Namespace) -> None:
    from app.mcp.server import make_server

    server = make_server(recommender)
    if not args.http:
        server.run("stdio")
        return
    import uvicorn

    # Without sessions any process can answer any request, so several can share a load balancer.
    app = server.streamable_http_app(
        streamable_http_path=HTTP_PATH, stateless_http=True, json_response=True, host=args.host
    )
    uvicorn.run(app, host=args.host, port=args.port)


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
