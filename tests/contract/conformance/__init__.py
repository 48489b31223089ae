"""What a CyberTipline server does, statement by statement, asked of any server over HTTP.

It is independent of the package: plain httpx, and documents written as text. Without options a mock is started for it:

    python -m pytest tests/contract/conformance

Against a server that runs already, such as ``cybertip mock`` or another mock:

    export CYBERTIP_USERNAME=… CYBERTIP_PASSWORD=…
    export CYBERTIP_SECOND_USERNAME=… CYBERTIP_SECOND_PASSWORD=…    # optional: another account
    python -m pytest tests/contract/conformance --base-url http://127.0.0.1:8750/ispws

**It files reports**: NCMEC's production hosts are refused before anything is sent. Of a server that is no
``cybertip mock`` it demands what is documented, and accepts every alternative where that is open or where servers
differ by age; of a ``cybertip mock`` with its default behaviour it demands exactly what `docs/mock.md` says. What needs
a hand on the server (its clock, wrong credentials, a behaviour of its own) is marked ``needs_mock`` and skipped
elsewhere. Reports are opened as seldom as possible, and every one that need not be filed is retracted.
"""
