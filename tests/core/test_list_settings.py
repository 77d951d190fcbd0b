"""Settings that are lists, in the notations of operators."""

import ipaddress

import pytest
from uvicorn.middleware.proxy_headers import _TrustedHosts

from app.core.config import SettingsError, read_settings
from app.core.list_settings import browser_origin, read_keys, read_list, read_origins
from tests.running_server import ROOT

TWO = ("https://a.example", "https://b.example:8443")


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example,https://b.example:8443",
        "https://a.example, https://b.example:8443,",
        "https://a.example;https://b.example:8443",
        "https://a.example https://b.example:8443",
        "https://a.example\nhttps://b.example:8443\n",
        '["https://a.example", "https://b.example:8443"]',
        "['https://a.example', 'https://b.example:8443']",
        "[https://a.example,https://b.example:8443]",
        '"https://a.example,https://b.example:8443"',
        "'https://a.example', 'https://b.example:8443'",
        '"https://a.example"; "https://b.example:8443"',
        "HTTPS://A.Example/, https://b.example:8443/",
        "https://a.example:443,https://b.example:8443,https://a.example",
    ],
)
def test_origins_are_read_from_every_usual_notation(written: str) -> None:
    assert read_origins(written) == TWO


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:5173", "http://[::1]:5173"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("NULL", "null"),
    ],
)
def test_an_origin_is_written_as_a_browser_sends_it(written: str, origin: str) -> None:
    assert browser_origin(written) == origin


def test_a_star_replaces_all_other_origins() -> None:
    assert (
        read_origins("*")
        == read_origins('"*"')
        == read_origins('["*"]')
        == read_origins("https://a.example,*")
        == ("*",)
    )
    assert read_origins("") == read_origins("[]") == ()


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("films.example", "write https://films.example"),
        ("localhost:3000", "write https://localhost:3000"),
        ("https://films.example/app", "has a path"),
        ("https://films.example?x=1", "has a path"),
        ("https://*.films.example", "list each origin"),
        ("*.films.example", "list each origin"),
        ("https://", "has no host"),
        ("https://me@films.example", "has a user name"),
        ("https://films.example:port", "is not a valid address"),
        ("file:///index.html", "has no host"),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused_in_one_line(
    written: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", f"https://a.example,{written}")
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    message = str(refusal.value)
    assert message.startswith("ALLOWED_ORIGINS=")
    assert remedy in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "written", ["one,two", "one;two", "one\ntwo", '["one", "two"]', '"one","two"', "'one, two'", "one,two,one"]
)
def test_keys_are_read_from_every_usual_notation(written: str) -> None:
    assert read_keys(written) == ("one", "two")


def test_a_key_in_json_may_have_any_character() -> None:
    assert read_list('["a;b,c"]') == ["a;b,c"]
    assert read_keys("") == read_keys(" ") == read_keys("[]") == ()


@pytest.mark.parametrize("written", [",", '""', '["se-cret\\u0007"]', '[1, "se-cret"]'])
def test_keys_that_protect_nothing_are_refused_and_not_shown(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS", written)
    with pytest.raises(SettingsError, match=r"^API_KEYS=\(hidden\): ") as refusal:
        read_settings()
    assert "se-cret" not in str(refusal.value)


def test_the_blueprint_trusts_proxies_and_no_client() -> None:
    """On Render a request passes Cloudflare and a private proxy, and each appends the address that it saw."""
    lines = (ROOT / "render.yaml").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if "FORWARDED_ALLOW_IPS" in line and "key:" in line)
    addresses = lines[place + 2].strip()
    assert all(ipaddress.ip_network(address) for address in addresses.split(","))
    trusted = _TrustedHosts(addresses)
    assert "10.21.157.68" in trusted
    assert trusted.get_trusted_client_address("198.51.100.9, 203.0.113.7, 104.22.17.40") == ("203.0.113.7", 0)
