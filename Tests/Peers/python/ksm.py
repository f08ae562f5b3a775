"""The official command line tool, told of the emulator's server key.

The tool drops `serverPublicKey` from configurations, so it can only use the table of keys inside of the
client library: the environment variable EMULATOR_SERVER_KEY takes the place of key 10 there. Nothing
else of the tool is changed.
"""
import os
import sys

from keeper_secrets_manager_core import keeper_globals

keeper_globals.keeper_public_keys["10"] = os.environ["EMULATOR_SERVER_KEY"]

from keeper_secrets_manager_cli.__main__ import main  # noqa: E402  (after the table is set)

sys.argv[0] = "ksm"
sys.exit(main())
