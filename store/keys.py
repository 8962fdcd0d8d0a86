"""Keys that keep people apart from their posts: who wrote what is an HMAC, the handle is sealed.

Both keys stay in the data folder. Without `data/keys/` a copy of the database names nobody (UK GDPR Art. 4(5)).
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import StoreUnavailable
from core.jsontext import as_json
from core.types import Author

_KEY_BYTES = 32
_NONCE_BYTES = 12
_cipher = lru_cache(maxsize=4)(AESGCM)
"""Made once a key, not once a post."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys of an installation."""

    author: bytes
    seal: bytes

    @classmethod
    def at(cls, folder: Path) -> "Keys":
        """The keys in `folder`, made on first use and readable by this user alone. Raises StoreUnavailable when that fails."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(_kept(folder / "author.key"), _kept(folder / "seal.key"))
        except OSError as problem:
            reason = problem.strerror or "not possible"
            raise StoreUnavailable(f"The keys in {folder} cannot be read ({reason}). Give this user the right to it.") from None

    def author_key(self, platform: str, author: Author) -> bytes | None:
        """The same for all posts of one author on one platform; says nothing about who. None where no author was given."""
        who = author.native_id or author.handle or author.name
        if not who:
            return None
        # The JSON text of the pair, [platform, who], without the making of an encoder for every post.
        return hmac.digest(self.author, f"[{quoted(platform)}, {quoted(who)}]".encode(), hashlib.sha256)

    def seal_record(self, record: Mapping[str, Any]) -> bytes:
        """Encrypt a small record."""
        return self.seal_bytes(as_json(record))

    def open_record(self, sealed: bytes) -> dict[str, Any]:
        """Read what `seal_record` made. Raises StoreUnavailable when it was made under another key."""
        record: dict[str, Any] = json.loads(self.open_bytes(sealed))
        return record

    def seal_bytes(self, plain: bytes) -> bytes:
        """Encrypt (AES-256-GCM, a fresh nonce first)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + _cipher(self.seal).encrypt(nonce, plain, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """What `seal_bytes` was given. Raises StoreUnavailable when it was sealed under another key."""
        try:
            return _cipher(self.seal).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):  # ValueError: shorter than anything sealed
            raise StoreUnavailable(
                "The names in this database were sealed with another key. Restore data/keys/ with it."
            ) from None

    def seal_author(self, author: Author) -> bytes | None:
        """Seal what may be shown of an author later: id, handle, name, address. Bio and location are not kept."""
        shown = {"native_id": author.native_id, "handle": author.handle, "name": author.name, "url": author.url}
        given = {name: value for name, value in shown.items() if value}
        return self.seal_record(given) if given else None

    def open_author(self, sealed: bytes | None) -> Author:
        """The author beside a post; an empty one where none was given."""
        return Author(**self.open_record(sealed)) if sealed else Author()


def _kept(file: Path) -> bytes:
    """The key in a file; two processes starting at once agree on one because a key is linked into place whole."""
    if not file.exists():
        # Not named by process id: in two containers on one folder, both are process 1.
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise StoreUnavailable(f"The key {file} is damaged. Restore it from a backup; without it names cannot be shown.")
    return key
