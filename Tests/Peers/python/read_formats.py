"""Reads files as their own readers do and compares them with what they were made of.

read_formats.py FORMAT DIR: DIR/N.FORMAT against DIR/N.want, a JSON object of strings.
"""

import configparser
import json
import sqlite3
import sys
from pathlib import Path

import yaml
from ruamel.yaml import YAML


def ini(text):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(text)
    assert parser.sections() == ["secret"]
    return dict(parser["secret"])


def yaml12(text):
    reader = YAML(typ="safe", pure=True)
    return reader.load(text)


DATABASE = sqlite3.connect(":memory:")


def sqlite(text):
    return dict(DATABASE.execute("select key, value from json_each(?)", (text,)))


READERS = {
    "ini": [ini],
    "json": [json.loads, sqlite],
    "yaml": [yaml.safe_load, yaml12],
}

if __name__ == "__main__":
    name, directory = sys.argv[1:]
    count = 0
    while (Path(directory) / f"{count}.{name}").exists():
        text = (Path(directory) / f"{count}.{name}").read_bytes().decode()
        want = json.loads((Path(directory) / f"{count}.want").read_bytes())
        for reader in READERS[name]:
            got = reader(text)
            if got != want:
                sys.exit(f"{count}: {text!r} was read as {got!r}, is {want!r}")
        count += 1
    print(count)
