"""One recommendation from a running server, with the standard library only; fails if there is none."""

import json
import sys
import urllib.request

BODY = {"synopsis": "A spaceship's crew is hunted by a creature that came aboard.", "top_k": 3}


def main() -> None:
    """Send the request to the address given as an argument and print the titles of the answer."""
    request = urllib.request.Request(  # noqa: S310
        f"{sys.argv[1]}/api/v1/recommend", json.dumps(BODY).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer = json.load(response)
    print("Recommended:", ", ".join(film["title"] for film in answer["recommendations"]))
    if answer["count"] != BODY["top_k"]:
        raise SystemExit(f"{answer['count']} films instead of {BODY['top_k']}")


if __name__ == "__main__":
    main()
