#!/usr/bin/env python3
"""clang-tidy over lib/ and app/, several files at a time.

Most of clang-tidy's time goes into the headers that a file includes. So files with the same options are checked as one file that
includes them all, in the order of their paths. Files that do not compile together, because they use a name twice, are checked in
two halves.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import json
import os
import re
import subprocess
import sys

BATCH = 8  # files
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
NOT_OF_CLANG = re.compile(r" -fno-gnu-unique\b")


def is_checked(path):
    return path.endswith(".cpp") and not path.endswith("_bench.cpp") and path.startswith(
        (f"{ROOT}/lib/", f"{ROOT}/app/")) and not path.startswith(f"{ROOT}/lib/bench/")


@dataclasses.dataclass
class Batch:
    folder: str
    options: str
    files: list

    def halves(self):
        middle = len(self.files) // 2
        return [dataclasses.replace(self, files=part) for part in (self.files[:middle], self.files[middle:])]


def batches_of(entries):
    by_options = collections.defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry["file"]):
        options = NOT_OF_CLANG.sub("", entry["command"].split(" -o ")[0])
        by_options[entry["directory"], options].append(entry["file"])
    return [Batch(folder, options, files[i:i + BATCH])
            for (folder, options), files in by_options.items() for i in range(0, len(files), BATCH)]


class Lint:
    def __init__(self, build):
        self.folder = os.path.abspath(f"{build}/lint")
        os.makedirs(self.folder, exist_ok=True)
        self.numbers = itertools.count()

    def run(self, batch):
        """Returns what clang-tidy finds, or None if the files do not compile together."""
        folder = f"{self.folder}/{next(self.numbers)}"
        os.makedirs(folder, exist_ok=True)
        path = batch.files[0] if len(batch.files) == 1 else f"{folder}/batch.cpp"
        if len(batch.files) > 1:
            with open(path, "w") as out:
                out.writelines(f'#include "{file}"\n' for file in batch.files)
        with open(f"{folder}/compile_commands.json", "w") as out:
            json.dump([{"directory": batch.folder, "file": path, "command": f"{batch.options} -c {path}"}], out)
        words = ["clang-tidy", "-p", folder, "--quiet", f"--config-file={ROOT}/.clang-tidy",
                 "--checks=-bugprone-suspicious-include", path]  # a batch includes source files on purpose
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if len(batch.files) > 1 and "[clang-diagnostic-error]" in done.stdout:
            return None
        if done.returncode != 0:
            return done.stdout or f"clang-tidy ended with status {done.returncode}: {' '.join(batch.files)}\n"
        return done.stdout if "warning: " in done.stdout else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", help="a folder with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with open(f"{options.build}/compile_commands.json") as commands:
        entries = [entry for entry in json.load(commands) if is_checked(entry["file"])]
    if not entries:
        sys.exit(f"clang-tidy: {options.build}/compile_commands.json has no file of {ROOT}")
    lint = Lint(options.build)
    faulty = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(lint.run, batch): batch for batch in batches_of(entries)}
        while running:
            ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                batch = running.pop(future)
                if future.result() is None:
                    running.update((pool.submit(lint.run, half), half) for half in batch.halves())
                elif future.result():
                    faulty += 1
                    print(future.result(), end="", flush=True)
    print(f"clang-tidy: {len(entries)} files" + (", with findings" if faulty else ": clean"))
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
