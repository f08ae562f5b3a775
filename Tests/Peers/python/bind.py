"""Binds a one-time token with the official client.

    bind.py CONFIG CA HOST:PORT TOKEN SERVERKEY

Writes the configuration that comes of it to CONFIG and prints how many records it sees; a refusal is
printed as `refused: …`, with exit code 3.
"""
import os
import sys

configuration, authority, host, token, server_key = sys.argv[1:6]
os.environ["REQUESTS_CA_BUNDLE"] = authority

from keeper_secrets_manager_core import SecretsManager  # noqa: E402  (after the environment is set)
from keeper_secrets_manager_core.exceptions import KeeperError  # noqa: E402
from keeper_secrets_manager_core.storage import FileKeyValueStorage  # noqa: E402

try:
    manager = SecretsManager(
        config=FileKeyValueStorage(configuration), token=token, hostname=host,
        server_public_key=server_key, server_public_key_id="10")
    print(len(manager.get_secrets()))
except KeeperError as error:
    print("refused:", error.__cause__ or error)
    sys.exit(3)
