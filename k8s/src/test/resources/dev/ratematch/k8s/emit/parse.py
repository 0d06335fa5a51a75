"""Has an engine's own parser read a command line, given as a JSON list on standard input, and prints
what it made of it. Ends with 2 and the parser's own words where it refuses."""

import argparse
import dataclasses
import json
import sys


def parser(words):
    """The parser of a program, and how many words name the program."""
    if words[:3] == ["vllm", "bench", "serve"]:
        from vllm.benchmarks.serve import add_cli_args

        made = argparse.ArgumentParser(prog="vllm bench serve")
        add_cli_args(made)
        return made, 3
    if words[:2] == ["vllm", "serve"]:
        from vllm.entrypoints.launchers.cli_args import make_arg_parser
        from vllm.utils.argparse_utils import FlexibleArgumentParser

        return make_arg_parser(FlexibleArgumentParser(prog="vllm serve")), 2
    from sglang.srt.server_args import ServerArgs

    made = argparse.ArgumentParser(prog="sglang.launch_server")
    ServerArgs.add_cli_args(made)
    return made, 3


def plain(value):
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else str(value)


command = json.load(sys.stdin)
made, named = parser(command)
print("PARSED " + json.dumps(vars(made.parse_args(command[named:])), default=plain, skipkeys=True))
