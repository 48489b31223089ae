"""What values mean: lengths, times, numbers, addresses of machines, mail and pages, and codes of places.

Every function takes the text as the document has it. White space around a value of a type that is not a string means
nothing and is removed here; a string is taken as it is.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from cybertip.models.places import Country, UsState

_XML_SPACE = " \t\r\n"

Moment = tuple[int, str]
"""A point in time: whole seconds, and the digits of the fraction. It holds any year and any number of digits."""


# --- text --------------------------------------------------------------------------------------------------------


def units(text: str) -> int:
    """The length in UTF-16 code units: a character beyond U+FFFF counts two."""
    return len(text.encode("utf-16-le")) // 2


def is_blank(text: str) -> bool:
    """Whether there is nothing but white space, of any kind that Unicode knows."""
    return not text.strip()


def is_true(text: str | None) -> bool:
    """Whether a boolean is given and true."""
    return text is not None and text.strip(_XML_SPACE) in {"true", "1"}


def number(text: str) -> int:
    """The value of an integer."""
    digits = text.strip(_XML_SPACE)
    sign = "-" if digits.startswith("-") else ""
    # The schema bounds the value, not the number of zeros before it, and Python refuses to convert thousands of them.
    return int(sign + (digits.lstrip("+-").lstrip("0") or "0"))


# --- times -------------------------------------------------------------------------------------------------------

# The number of digits of a year is bounded because Python refuses to convert very long numbers. The schema's own
# validator stops earlier.
_DAY = r"(-?[0-9]{4,40})-([0-9]{2})-([0-9]{2})"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_TIME = re.compile(rf"{_DAY}T([0-9]{{2}}):([0-9]{{2}}):([0-9]{{2}})(?:\.([0-9]+))?{_ZONE}?")
_DATE = re.compile(rf"{_DAY}{_ZONE}?")
_ENDS_WITH_ZONE = re.compile(rf"{_ZONE}\Z")
_DAYS_IN_400_YEARS = 146_097


def has_offset(text: str) -> bool:
    """Whether a date-time says its offset from UTC."""
    return _ENDS_WITH_ZONE.search(text.strip(_XML_SPACE)[-6:]) is not None


def moment(text: str) -> Moment | None:
    """The point in time that a date-time names; None where it has no offset, so that it names none."""
    match = _TIME.fullmatch(text.strip(_XML_SPACE))
    if match is None or match[8] is None:
        return None
    hours, minutes, seconds = int(match[4]), int(match[5]), int(match[6])
    # An hour of 24 is the first moment of the next day, which the sum makes of it.
    since_midnight = hours * 3600 + minutes * 60 + seconds
    whole = _day(match[1], match[2], match[3]) * 86_400 + since_midnight - _offset(match[8])
    return whole, (match[7] or "").rstrip("0")


def moment_of(time: datetime) -> Moment:
    """The same of an aware `datetime`."""
    found = moment(time.astimezone(UTC).isoformat())
    assert found is not None
    return found


def is_past_date(text: str, now: Moment) -> bool:
    """Whether the day of a date has ended in UTC. A zone that the date carries does not move the day."""
    match = _DATE.fullmatch(text.strip(_XML_SPACE))
    return match is None or _day(match[1], match[2], match[3]) < now[0] // 86_400


def _day(year: str, month: str, day: str) -> int:
    # The calendar repeats itself every 400 years, so years that `date` cannot hold are counted through those it can.
    # The day is added afterwards, because a validator may see leap years before the year 1 differently.
    cycles, rest = divmod(int(year), 400)
    return date(2000 + rest, int(month), 1).toordinal() + int(day) + (cycles - 5) * _DAYS_IN_400_YEARS


def _offset(zone: str) -> int:
    if zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


# --- addresses ---------------------------------------------------------------------------------------------------

# Well-formed is read as RFC 5321 and, for addresses beyond ASCII, RFC 6531 have it: a dot-atom or a quoted string, the
# last @, and a domain of two labels or more or an address literal. Real users have such addresses, and a report must
# not be lost over one.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_LOCAL_PART = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])+"')
_LABEL = re.compile(r"[A-Za-z0-9\x80-\U0010ffff](?:[A-Za-z0-9\x80-\U0010ffff-]*[A-Za-z0-9\x80-\U0010ffff])?")
_LONGEST_LOCAL_PART = 64
_LONGEST_DOMAIN = 253
_LONGEST_LABEL = 63


def email_fault(text: str) -> str | None:
    """What is wrong with an e-mail address, as the end of a sentence."""
    if units(text) > 255:
        return "must be at most 255 characters"
    local_part, _, domain = text.rpartition("@")
    if units(local_part) > _LONGEST_LOCAL_PART:
        return "must have at most 64 characters before the @"
    if _LOCAL_PART.fullmatch(local_part) is None or not _is_plain(local_part) or not _is_domain(domain):
        return "must be a valid email address"
    return None


def mailbox(address: str) -> str:
    """An e-mail address in the form in which two of them are compared: a domain is the same in upper and lower case.

    The local part need not be, so it is left alone.
    """
    local_part, at, domain = address.rpartition("@")
    return f"{local_part}{at}{domain.lower()}"


def _is_plain(text: str) -> bool:
    """Whether everything beyond ASCII is letters, marks, numbers, punctuation and symbols: no spaces, no controls.

    A mark that nothing stands before, and that a display would put on something else, is not plain either.
    """
    kinds = [unicodedata.category(char)[0] for char in text]
    return kinds[:1] != ["M"] and all(char < "\x80" or kind in "LMNPS" for char, kind in zip(text, kinds, strict=True))


def _is_domain(text: str) -> bool:
    if text.startswith("[") and text.endswith("]"):
        literal = text[1:-1]
        return is_ip(literal[5:]) and ":" in literal[5:] if literal[:5].lower() == "ipv6:" else _is_ipv4(literal)
    labels = [_wire_label(label) for label in text.split(".")]
    return (
        len(labels) > 1
        and None not in labels
        and len(".".join(label or "" for label in labels)) <= _LONGEST_DOMAIN
        and not (labels[-1] or "").isdigit()
    )


def _wire_label(label: str) -> str | None:
    """A label of a domain as the name system has it; None where it is none."""
    # Two hyphens in third place are reserved for encoded names (RFC 5891).
    if _LABEL.fullmatch(label) is None or (label[2:4] == "--" and label[:2].lower() != "xn"):
        return None
    if not label.isascii():
        if not all(char < "\x80" or unicodedata.category(char)[0] in "LMN" for char in label):
            return None
        label = "xn--" + label.lower().encode("punycode").decode()
    return label if len(label) <= _LONGEST_LABEL else None


def _is_ipv4(text: str) -> bool:
    return ":" not in text and is_ip(text)


def is_ip(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address, IPv4-mapped ones among them, with nothing around it.

    Zone indices (``%eth0``) are refused: they mean something on one machine only.
    """
    kind = IPv6Address if ":" in text else IPv4Address
    try:
        kind(text)
    except AddressValueError:
        return False
    return "%" not in text


_LONGEST_URL = 2083
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.+)")
_LIKE_A_HOST = re.compile(r".*\..*|localhost", re.IGNORECASE)
_AUTHORITY = re.compile(r"//([^/?#\\]*)")
_USER = re.compile(r"(?:[^\[\]]*@)?")
_HOST = re.compile(r"(?:\[([^\[\]]*)\]|([^\[\]:]+))(?::([0-9]{0,5}))?")


def url_fault(text: str) -> str | None:
    """What is wrong with a URL, as the end of a sentence."""
    if units(text) > _LONGEST_URL:
        return "must be at most 2083 characters"
    if _SPACE_OR_CONTROL.search(text):
        return "must not contain white space or control characters"
    match = _SCHEME.fullmatch(text)
    # A name with dots before a colon is a host with its port, and so is this machine's own name.
    if match is None or (_LIKE_A_HOST.fullmatch(match[1]) and not match[2].startswith("//")):
        return "must be a URL with a scheme"
    # Of other schemes nothing is said, so that something follows the scheme is enough.
    if match[1].lower() in {"http", "https"} and not _has_host(match[2]):
        return "must be a URL with a host"
    return None


def _has_host(after_scheme: str) -> bool:
    authority = _AUTHORITY.match(after_scheme)
    if authority is None:
        return False
    # What stands before the last @ is a user's name.
    user, at, rest = authority[1].rpartition("@")
    host = _HOST.fullmatch(rest)
    if _USER.fullmatch(user + at) is None or host is None or int(host[3] or 0) > 65_535:
        return False
    if host[1] is not None:
        return ":" in host[1] and is_ip(host[1])
    # A host that turns into something else when it is looked up is none: a letter that stands for "a/c".
    looked_up = unicodedata.normalize("NFKC", host[2])
    return bool(looked_up.strip(".")) and (host[2].isascii() or not set(looked_up) & set("/?#@:"))


# --- codes -------------------------------------------------------------------------------------------------------

# The schema's list, less what the documentation does not accept. XK is no ISO code and is let through.
COUNTRIES = frozenset(country.value for country in Country) - {"", "A1", "A2", "O1", "AP", "EU", "AN", "FX"}
STATES_OF_ADDRESSES = frozenset(state.value for state in UsState) - {""}
# A region is a plain string, so it can say what the schema's list of states leaves out. The military codes are no
# states or territories.
STATES_OF_REGIONS = STATES_OF_ADDRESSES | {"AS", "MP"}
