"""Files that other programs read (container, Compose, GitHub, pre-commit): their syntax, by published rules."""

import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml

from app import __version__
from tests.running_server import ROOT

SCRIPTS = Path(sysconfig.get_path("scripts"))
FILES_BY_SCHEMA = {
    "vendor.compose-spec": "compose.yaml",
    "vendor.github-workflows": ".github/workflows/ci.yml",
    "vendor.dependabot": ".github/dependabot.yml",
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPTS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("schema", FILES_BY_SCHEMA)
def test_files_follow_their_published_schema(schema: str) -> None:
    checked = run("check-jsonschema", "--builtin-schema", schema, FILES_BY_SCHEMA[schema])
    assert checked.returncode == 0, checked.stdout


def test_dockerfile_passes_hadolint() -> None:
    checked = run("hadolint", "Dockerfile")
    assert checked.returncode == 0, checked.stdout


def dockerfile_stages() -> list[str]:
    return (ROOT / "Dockerfile").read_text("utf-8").split("\nFROM ")[1:]


def test_the_final_image_has_no_compiler_and_an_ordinary_user() -> None:
    final = dockerfile_stages()[-1]
    assert "apt-get" not in final
    assert "pip install" not in final
    assert "\nUSER 10001:10001\n" in final
    assert "\nHEALTHCHECK " in final


def test_the_build_context_has_every_file_that_the_dockerfile_copies() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    copied = [
        source
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert copied
    for source in copied:
        assert any(name == source or name.startswith(f"{source}/") for name in kept), source


def test_pre_commit_and_ci_run_the_same_checks() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    ci = (ROOT / ".ci/run").read_text("utf-8")
    for hook in hooks:
        tool, *arguments = [word for word in hook["entry"].split() if not word.startswith("--")]
        assert " ".join([tool, *arguments]) in ci


def test_render_blueprint_is_yaml_with_one_web_service() -> None:
    (service,) = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["services"]
    assert service["type"] == "web"


def test_the_version_is_the_same_in_every_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
