"""Values on which two readers of the same rule may well differ."""

from __future__ import annotations

from cybertip.models import Country, UsState

EMAILS = [
    'a@b.example', 'a@example', 'a@example.com.', 'a@.example.com', 'a@-x.example.com', 'a@x-.example.com',
    'a_b@ex_ample.com', 'a@xn--bcher-kva.example.com', 'a@xn--.example.com', 'a@b\xfccher.example.com',
    'j\xfcrgen@example.com', 'a b@example.com', '"a b"@example.com', '"a\\"b"@example.com', '"a"b"@example.com',
    '""@example.com', 'a@[192.0.2.1]', 'a@[192.0.2.256]', 'a@[IPv6:2001:db8::1]', 'a@[2001:db8::1]',
    'a@[IPv6:192.0.2.1]', 'a@[tag:x]', 'a@192.0.2.1', 'a@example.123', 'a@example.c', 'a..b@example.com',
    '.a@example.com', 'a.@example.com', 'a@exa mple.com', 'a@example.com ', ' a@example.com', 'a\t@example.com',
    'a@@example.com', 'a@b@example.com', '@example.com', 'a@', '', '@', ' ', 'a' * 64 + '@example.com',
    'a' * 65 + '@example.com', '\xe4' * 64 + '@example.com', '\U0001f600' * 32 + '@example.com',
    '\U0001f600' * 33 + '@example.com', 'a@' + 'b' * 63 + '.example.com', 'a@' + 'b' * 64 + '.example.com',
    'a@' + '\xfc' * 60 + '.example.com', 'a@' + 'b.' * 120 + 'example.com', 'a@e\xa0x.example.com',
    'a\xa0b@example.com', 'a\u200bb@example.com', 'a\u0301b@example.com', '\u0301a@example.com',
    'a@ex\u200bample.com', 'a@\ufb00.example.com', 'a@EXAMPLE.COM', 'a+b@example.com', 'a/b@example.com',
    "a'b@example.com", 'a`b@example.com', 'a<b@example.com', 'a,b@example.com', 'a;b@example.com',
    'a:b@example.com', 'a@ex,ample.com', 'a@example.test', 'a@localhost', 'a@localhost.localdomain',
    'a@example.invalid', 'a@1.example.com', 'a@a--b.example.com', 'a@ab--c.example.com', 'a\u3002b@example.com',
    'a@b\u3002example.com', 'a@b\u3002c', 'a@*.example.com', 'postmaster', 'MAILTO:a@example.com',
    'a@\u2603.example.com', '\U0001f600@example.com', 'a@\U0001f600.example.com', '%@example.com',
    'a@example..com', 'a@%65xample.com', 'a@K.example.com', 'a@\xdf.example.com', 'a@-.example.com',
    'a@\u2460.example.com',
]  # fmt: skip

URLS = [
    'https://' + 'example.com', 'http://' + 'example.com/', 'https://', 'https://' + '/x', 'https:/example.com',
    'https:example.com', 'http://' + '.', 'http://' + './', 'http://' + '..', 'http://' + 'example.com.',
    'http://' + 'example..com', 'ftp://example.com', 'ftp:', 'ftp:x', 'ftp://', 'data:,x', 'urn:x', 'tel:+1',
    'about:blank', 'x:y', '1x:y', '-x:y', 'x-y:z', 'x+y:z', 'x.y:z', 'x.y://z', 'example.com:80',
    'example.com:80/x', 'localhost:80', 'localhost', 'LOCALHOST:80', 'localhost://x', '//example.com', '/x', 'x',
    '', ':', '::', '://x', 'https://' + 'example.com:', 'https://' + 'example.com:0',
    'https://' + 'example.com:65535', 'https://' + 'example.com:65536', 'https://' + 'example.com:99999',
    'https://' + 'example.com:x', 'https://' + 'example.com:-1', 'https://' + 'example.com:+1',
    'https://' + 'example.com:\uff18\uff10', 'https://' + '[2001:db8::1]', 'https://' + '[2001:db8::1]:80',
    'https://' + '[2001:db8::1', 'https://' + '2001:db8::1]', 'https://' + '2001:db8::1',
    'https://' + '[192.0.2.1]', 'https://' + '[::ffff:192.0.2.1]', 'https://' + '[fe80::1%25eth0]',
    'https://' + '[fe80::1%eth0]', 'https://' + '[v1.x]', 'https://' + '[]', 'https://' + '[x]',
    'https://' + '192.0.2.1', 'https://' + '192.0.2.256', 'https://' + '192.0.2', 'https://' + 'u@example.com',
    'https://' + 'u:p@example.com', 'https://' + 'u:p@', 'https://' + '@example.com',
    'https://' + 'u@@example.com', 'https://' + 'a@b@example.com', 'https://' + 'example.com/a b',
    'https://' + 'example.com/a\tb', 'https://' + 'example.com/\xa0', 'https://' + 'example.com/\u2003',
    'https://' + 'example.com/\u200b', 'https://' + 'example.com/\x85', 'https://' + 'example.com/\x7f',
    'https://' + 'example.com/\ufeff', ' https://example.com', 'https://' + 'example.com\n',
    'https://' + 'exa\\mple.com', 'https://' + 'example.com\\x', 'https:\\\\example.com',
    'https://' + 'b\xfccher.example.com', 'https://' + '\u4f8b\u3048.example.com',
    'https://' + 'example.com/\u4f8b\u3048', 'https://' + 'example.com/<>', 'https://' + 'example.com/"',
    'https://' + 'exa<mple.com', 'https://' + 'exa_mple.com', 'https://' + '-x.com', 'https://' + '%65xample.com',
    'HTTPS://' + 'EXAMPLE.COM', 'hTTp://' + 'x', 'https://' + '?x', 'https://' + '#x',
    'https://' + 'example.com?x', 'https://' + 'example.com#x', 'https://' + ':80', 'https://' + ':80/',
    'https://' + 'u:@:80', 'javascript:alert(1)', 'file:///x', 'mailto:a@example.com', 'https://' + 'a' * 2075,
    'https://' + 'a' * 2076, 'https://example.com/' + '\U0001f600' * 1031,
    'https://example.com/' + '\U0001f600' * 1032, 'http://' + 'a]b', 'http://' + 'a[b', 'https://' + 'x:1:2',
    'https://' + '[2001:db8::1]x', 'https://' + '[2001:db8::1]:', 'https://' + 'u[@example.com',
    'https://' + 'example.com/[', 'https://' + '\u2100.example.com', 'https://' + 'example\u3002com',
    'http://' + '../', 'http://' + '.:80/',
]  # fmt: skip

IPS = [
    '192.0.2.1', '192.0.2.01', '192.0.2.256', '192.0.2', '0.0.0.0', '192.0.2.1 ', ' 192.0.2.1', '192.0.2.1\n',
    '192.0.2.1:80', '192.0.2.1/24', '::', '::1', '2001:db8::1', '2001:DB8::1', '2001:db8::1::2',
    '2001:db8:0:0:0:0:0:0:1', '::ffff:192.0.2.1', '::ffff:192.0.2.256', '::192.0.2.1', '[2001:db8::1]',
    '2001:db8::1%eth0', 'fe80::1%1', '1234', '0x7f000001', '\uff11\uff19\uff12.0.2.1', '192\u30020\u30022\u30021',
    '', '\t', '2001:db8::g', '12345::', 'x', '::ffff:c000:0201', '2001:0db8:0000:0000:0000:0000:0000:0001',
    '00192.0.2.1', '2001:db8::00001', '192.0.2.1.5', '-192.0.2.1', '+192.0.2.1', '192.0.2.1%eth0',
]  # fmt: skip

CALLING_CODES = [
    '+1', '+12', '+49',
]  # fmt: skip

PHONES = [
    '5550100', '+15550100', '15550100', ' +15550100', '+1', '+ 15550100', '001', '+495', '49 5', '(+1) 5', '', ' ',
    '\uff0b15550100', '+1-555', '+1255', '\xa0+15550100', '\t+15', '5' * 50, '5' * 51,
    '\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6\U0001f7e6',
    '\U0001f7e6' * 26,
]  # fmt: skip

TIMES = [
    '2026-03-02T12:00:00Z', '2026-03-02T11:59:59.999999Z', '2026-03-02T11:59:59.9999999Z',
    '2026-03-02T12:00:00.0000001Z', '2026-03-02T12:00:00.000001Z', '2026-03-02T13:00:00+01:00',
    '2026-03-02T13:00:00+14:00', '2026-03-02T10:00:00-14:00', '2026-03-02T24:00:00Z', '2026-03-01T24:00:00Z',
    '2026-03-02T11:00:00', '9999-12-31T23:59:59Z', '12026-01-01T00:00:00Z', '-0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00', '0001-01-01T00:00:00Z', ' 2026-01-01T00:00:00Z ', '2026-02-29T00:00:00Z',
    '2024-02-29T00:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00.Z', '2026-01-01t00:00:00z',
    '2026-01-01T00:00Z', '2026-01-01T00:00:00+14:01', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00-00:00',
    '9999-12-31T23:59:59-14:00',
]  # fmt: skip

DATES = [
    '2026-03-01', '2026-03-02', '2026-03-03', '2026-03-01Z', '2026-03-01+14:00', '2026-02-30', '0000-01-01',
    '-0001-01-01', '10000-01-01', ' 2026-03-01 ', '9999-12-31',
]  # fmt: skip

NUMBERS = [
    '0', '-0', '+1', '65535', '65536', '00080', ' 80 ', '-1', '150', '151', '2147483647', '2147483648', '1.0',
    '\uff11',
]  # fmt: skip

LONG_NUMBER = "0" * 5000 + "8"
"""Python refuses to convert so many digits."""

BLANKS = [
    '', ' ', '\xa0', '\u200b', '\u3000', '\t\n', 'x', '\u2028', '\ufeff', '\u180e', '\x85',
]  # fmt: skip

COUNTRIES = [*(str(country) for country in Country), "us", " US", "XX"]
STATES = [*(str(state) for state in UsState), "AS", "MP", "AA", "AE", "AP", "UM", "ca", " CA", "California", " "]
LENGTHS = [unit * count for most in (64, 100, 255, 256, 300, 2056, 2083, 3000) for unit, count in (
    ("x", most), ("x", most + 1), ("\U0001f7e6", most // 2), ("\U0001f7e6", most // 2 + 1))]  # fmt: skip
"""Around each limit, also with characters that count twice."""
