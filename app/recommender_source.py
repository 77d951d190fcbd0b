"""The recommender that a command uses: a running service, or one loaded in the command's own process."""

import argparse
import os
from contextlib import AbstractContextManager
from pathlib import Path

from app.client import Recommender

API_KEY_VARIABLE = "RECOMMENDER_API_KEY"


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --url and --models-dir to a command."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--url", help=f"ask this running service; its API key, if it wants one, in {API_KEY_VARIABLE}")
    source.add_argument(
        "--models-dir", type=Path, metavar="DIR", help="load the index in this folder (default: MODEL_DIR, else models)"
    )


def open_recommender(args: argparse.Namespace) -> AbstractContextManager[Recommender]:
    """Return the recommender that the arguments select."""
    if args.url:
        return Recommender(args.url, api_key=os.environ.get(API_KEY_VARIABLE))
    from app.in_process import in_process_recommender  # imports the whole service

    return in_process_recommender(args.models_dir)
