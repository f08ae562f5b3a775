"""Reads a whole vault with the official client and prints it as JSON.

    dump_vault.py CONFIG CA

CONFIG is a client configuration (a file), CA a PEM file. Printed: records (uid, title, type, notes,
fields, custom, revision, folder, innerFolder, files with base64 and sha256 of their content), folders
(uid, parent, name), the records and folders that could not be read, and the count of records before
those that arrive twice are joined.
"""
import base64
import hashlib
import json
import os
import sys

configuration, authority = sys.argv[1:3]
os.environ["REQUESTS_CA_BUNDLE"] = authority

from keeper_secrets_manager_core import SecretsManager  # noqa: E402  (after the environment is set)
from keeper_secrets_manager_core.storage import FileKeyValueStorage  # noqa: E402


def dump_file(file):
    content = file.get_file_data()
    return {
        "uid": file.f["fileUid"], "name": file.name, "title": file.title, "type": file.type,
        "size": file.size, "lastModified": file.last_modified,
        "sha256": hashlib.sha256(content).hexdigest(), "base64": base64.b64encode(content).decode(),
    }


def dump_record(record):
    return {
        "uid": record.uid, "title": record.title, "type": record.type,
        "notes": record.dict.get("notes"), "fields": record.dict.get("fields"),
        "custom": record.dict.get("custom"), "revision": record.revision,
        "folder": record.folder_uid, "innerFolder": record.inner_folder_uid,
        "files": [dump_file(file) for file in record.files],
    }


manager = SecretsManager(config=FileKeyValueStorage(configuration))
answer = manager.get_secrets(full_response=True)
records = {}
for record in answer.records:
    dumped = dump_record(record)
    known = records.setdefault(record.uid, dumped)
    known["folder"] = known["folder"] or dumped["folder"]
    known["innerFolder"] = known["innerFolder"] or dumped["innerFolder"]

json.dump(
    {
        "records": list(records.values()),
        "folders": [
            {"uid": folder.folder_uid, "parent": folder.parent_uid, "name": folder.name}
            for folder in manager.get_folders()
        ],
        "bad": len(answer.bad_records) + len(answer.bad_folders),
        "arrived": len(answer.records),
        "application": answer.appData.title,
    },
    sys.stdout, ensure_ascii=False)
