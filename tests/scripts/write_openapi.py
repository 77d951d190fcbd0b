"""Writer of tests/api/openapi.json, after an intended change of the API: python -m tests.scripts.write_openapi"""

import json
from pathlib import Path

from app.core.config import Settings
from app.main import create_app

OPENAPI_FILE = Path(__file__).parents[1] / "api" / "openapi.json"


def main() -> None:
    """Write the document of an application with default settings, independent of the environment."""
    document = create_app(Settings.model_construct()).openapi()
    OPENAPI_FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
