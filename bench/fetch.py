"""The peer for the time of a fetch: the official client reads all records and writes them as JSON."""

import json
import pathlib
import sys

from keeper_secrets_manager_core import SecretsManager
from keeper_secrets_manager_core.storage import InMemoryKeyValueStorage

configuration, target = sys.argv[1:]
client = SecretsManager(
    config=InMemoryKeyValueStorage(pathlib.Path(configuration).read_text()), verify_ssl_certs=False
)
for record in client.get_secrets():
    fields = record.dict["fields"] + record.dict.get("custom", [])
    values = {field.get("label") or field["type"]: field["value"] for field in fields}
    pathlib.Path(target, record.title + ".json").write_text(json.dumps(values, indent=2))
