"""Values that must be of a known form: lengths, internet addresses, e-mail, URLs, countries, states.

The policy where standards leave room, each point with a test:

- Lengths count UTF-16 code units, the stricter reading: the server is a Java program.
- IP: what the standard library reads as an address. A zone id (``fe80::1%eth0``) names an interface of one machine, not
  a place in the network: refused, in a URL's host too. No port, no network mask, no leading zeros, no white space.
- E-mail: letters of any script are allowed on both sides (RFC 6531, IDNA), a quoted local part and an address literal
  (``user@[192.0.2.1]``) too. The domain needs a dot, and its last label is no number; a dot at its end is refused,
  because RFC 5321 has none there, and so are the dots of other scripts. Whether the domain exists, or ever could
  (``user@host.invalid``), is never asked.
- URL: any scheme, in any case (RFC 3986 section 3.1); letters of any script (RFC 3987, IDNA); a dot at the end of the
  host is allowed. A port is 0 to 65535 or empty; in brackets stands an IPv6 address and nothing else.
  ``example.com:8080/page`` and ``localhost:80`` have no scheme, although the grammar alone would call their first part
  one.
- Country and state codes in capital letters.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def units(text: str) -> int:
    """The length of a text in UTF-16 code units: characters beyond U+FFFF count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def is_blank(text: str | None) -> bool:
    """Whether a text is absent, empty or nothing but white space."""
    return not (text or "").strip()


# --- internet addresses ------------------------------------------------------------------------------------------


def ip(text: str) -> Address | None:
    """The address that a text holds; None if it holds none. An IPv4-mapped IPv6 address stays one."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


# What the registry for special purposes gained after the oldest Python that we support was made.
_YOUNG = [ipaddress.ip_network(text) for text in ("3fff::/20", "5f00::/16", "2002::/16", "64:ff9b:1::/48")]


def unlocatable(address: Address) -> str | None:
    """Why an address belongs to nobody on the public internet, by IANA's registries; None if it may belong to someone.

    An IPv4-mapped IPv6 address is judged by its IPv4 address.
    """
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if address.is_loopback:
        return "a loopback address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    if not address.is_global or address.is_reserved or any(address in network for network in _YOUNG):
        return "a private, reserved or documentation address"
    return None


# --- e-mail and URLs ---------------------------------------------------------------------------------------------


_LONG_DOMAIN = 200
"""Beyond it, nothing is added to a domain, for its length is judged as well."""


def is_email(text: str) -> bool:
    """Whether a text is a well-formed e-mail address. Lengths are another matter, except those of DNS."""
    from email_validator import EmailNotValidError, validate_email

    local, at, domain = text.rpartition("@")
    if not at:
        return False
    if not domain.startswith("["):
        # The library would read the dots of other scripts as dots, and takes a number for a name.
        if (
            "." not in domain
            or domain.rpartition(".")[2].isdecimal()
            or any(dot in domain for dot in "\u3002\uff0e\uff61")
        ):
            return False
        # It refuses domains that exist in no network (.invalid, .test) unless something follows that might.
        domain = f"{domain}.com" if len(domain) < _LONG_DOMAIN else domain
    try:
        # Each side with a short other one: the library's own limit on the whole is one character below the API's.
        for candidate in (f"{local}@example.com", f"a@{domain}"):
            validate_email(
                candidate,
                check_deliverability=False,
                globally_deliverable=False,
                allow_quoted_local=True,
                allow_domain_literal=True,
            )
    except EmailNotValidError:
        return False
    return True


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def url_problem(text: str) -> str | None:
    """Why a text is no URL, in words that complete "the URL …"; None if it is one."""
    if any(char.isspace() or unicodedata.category(char) == "Cc" for char in text):
        return "holds white space or a control character"
    found = _SCHEME.match(text)
    scheme = found.group()[:-1].lower() if found else ""
    rest = text[len(scheme) + 1 :]
    if not scheme or (not rest.startswith("//") and ("." in scheme or scheme == "localhost")):
        return "has no scheme such as https:"
    if not rest:
        return "has nothing after its scheme"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "has a host or port that is none"
    if any(bracket in parts.netloc for bracket in "[]") and not _is_bracketed_ip(parts.netloc.rpartition("@")[2]):
        return "has a host or port that is none"
    if scheme in ("http", "https") and (not rest.startswith("//") or not (host or "").strip(".")):
        return "has no host"
    return None


def _is_bracketed_ip(authority: str) -> bool:
    """Whether a host with its port is an IPv6 address in brackets."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](:[0-9]*)?", authority)
    return found is not None and isinstance(ip(found[1]), ipaddress.IPv6Address)


# --- places ------------------------------------------------------------------------------------------------------

KOSOVO = "XK"
"""Not in ISO 3166-1, but assigned by its users, in the schema, and let through by the rule."""


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2, and Kosovo."""
    from iso3166 import countries_by_alpha2

    return frozenset(countries_by_alpha2) | {KOSOVO}


@cache
def us_states() -> frozenset[str]:
    """Abbreviations of the states of the United States, its district and its territories with a postal service."""
    from us import states

    return frozenset(state.abbr for state in (*states.STATES, states.DC, *states.TERRITORIES))
