"""Authenticated encryption of one record at a time, bound to its place, and blind indexes to find it again.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits for each record: good for 2**32 records a key.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from deidra.errors import VaultError
from deidra.identity.keys import KEY_BYTES, derive

NONCE_BYTES = 12
INDEX_BYTES = 16  # a million million records meet by chance once in 10**14


def place(*parts: str | int) -> bytes:
    """Where a record belongs, spelled so that no two places are spelled alike."""
    spelled = [str(part).encode() for part in parts]
    return b"deidra-vault/1" + b"".join(len(part).to_bytes(4) + part for part in spelled)


def seal(key: bytes, where: bytes, plain: bytes) -> bytes:
    """Nonce, ciphertext and tag of a record that can be opened under this key at this place only."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, where)


def unseal(key: bytes, where: bytes, sealed: bytes) -> bytes:
    """The inverse of `seal`; raises VaultError when key, place or a single bit differs."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], where)
    except (InvalidTag, ValueError):
        raise VaultError("vault-tampered", "a record of the vault was altered; restore the vault from a copy") from None


def blind(key: bytes, domain: str, value: str) -> bytes:
    """The index of a value (HMAC-SHA256, 16 bytes): equal values meet, and nobody without the key can test one."""
    return hmac.digest(key, place(domain, value), "sha256")[:INDEX_BYTES]


def authenticate(key: bytes, content: bytes) -> bytes:
    """HMAC-SHA256 of something that stays readable."""
    return hmac.digest(key, content, "sha256")


def same(first: bytes, second: bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(first, second)


def fingerprint(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def log_key(data_key: bytes) -> bytes:
    """The key that vouches for the access log."""
    return derive(data_key, "vault/log")


def settings_key(data_key: bytes) -> bytes:
    """The key that projects' keys and settings are sealed under."""
    return derive(data_key, "vault/projects")
