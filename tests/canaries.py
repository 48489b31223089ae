"""Values that must never be printed. Tests hand them in; `conftest` looks for them in all that comes out."""

from __future__ import annotations

import base64

USERNAME = "canary-user-5f1c"
PASSWORD = "canary-password-9b7e"
CONTENT = "canary-content-31d8"

CANARIES = {
    "the password": PASSWORD,
    "the authorization header": base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode(),
    "content": CONTENT,
}
"""What to look for, by a name that may be printed."""
