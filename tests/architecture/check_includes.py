"""Checks every #include of lib/ and app/ against the table in lib/README.md.

Fails on an include that the table does not allow, on a table that points upward, on a folder it does not have, on a cycle
of files, and on a public header that includes anything outside prun/, the standard library and cereal.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
ROW = re.compile(r"^\|\s*(\d+)\s*\|\s*`?(\w+)`?/?\s*\|\s*([^|]*?)\s*\|", re.MULTILINE)
SUFFIXES = {".hpp", ".cpp", ".h", ".c", ".ipp"}

STANDARD_HEADERS = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view strstream syncstream system_error thread tuple
type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector version
cxxabi.h stddef.h stdint.h
""".split())  # the last line: of the C++ ABI, and for the header that is C


class Table:
    """folder -> rank, and the folders that it may include besides its own."""

    def __init__(self, readme):
        self.errors = []
        self.rank = {}
        may = {}
        for rank, folder, allowed in ROW.findall(readme):
            if folder in self.rank:
                self.errors.append(f"lib/README.md: the table has '{folder}' twice")
            self.rank[folder] = int(rank)
            may[folder] = allowed
        self.may = {folder: self._folders(folder, allowed) for folder, allowed in may.items()}
        if not self.rank:
            self.errors.append("lib/README.md: no table with rows like '| 1 | `wire` | - |'")

    def _folders(self, folder, allowed):
        if allowed == "every lower rank":
            return {other for other in self.rank if self.rank[other] < self.rank[folder]}
        if allowed in ("", "-"):
            return set()
        named = {name.strip(" `/") for name in allowed.split(",")}
        for name in sorted(named):
            if name not in self.rank:
                self.errors.append(f"lib/README.md: '{folder}' may include '{name}', which the table does not have")
            elif self.rank[name] >= self.rank[folder]:
                self.errors.append(f"lib/README.md: '{folder}' (rank {self.rank[folder]}) may include '{name}' "
                                   f"(rank {self.rank[name]}), which is not lower")
        return named


def without_comments(text):
    """The text with comments blanked, its lines kept."""
    blank = lambda match: match[0] if match[0][0] in "\"'" else re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


def sources(root):
    for top in ("lib", "app"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def includes(path):
    """Line, name, and whether it is quoted, of each include of a file."""
    text = without_comments(path.read_text(encoding="utf-8", errors="replace"))
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match[1] or match[2], match[1] is not None


def resolve(root, path, name):
    """The project's file that an include names, or None for one of a package."""
    for folder in (root / "lib", root / "lib/include", root, root / "app", path.parent):
        candidate = folder / name
        if candidate.is_file():
            return candidate.resolve()
    return None


def folder_of(root, path):
    """'app', 'include' for public headers, else the folder below lib/."""
    parts = path.relative_to(root).parts
    return "app" if parts[0] == "app" else parts[1] if len(parts) > 2 else ""


def is_benchmark(path):
    return path.stem.endswith("_bench") or path.parent.name == "bench"


def check_public(where, name):
    if name.startswith(("prun/", "cereal/")) or name in STANDARD_HEADERS:
        return None
    return f"{where}: a public header includes '{name}'; only prun/, the standard library and cereal/ may be included"


def check_private(table, where, folder, target, name):
    if target in ("include", folder):
        return None
    if target not in table.rank:
        return f"{where}: '{name}' is in lib/{target}, which the table in lib/README.md does not have"
    if target in table.may[folder]:
        return None
    allowed = ", ".join(sorted(table.may[folder], key=lambda other: (table.rank[other], other))) or "none"
    return f"{where}: {folder} may not include '{name}' (folders that it may include: {allowed})"


def cycles(graph):
    """Each cycle of files once, as the list of its files."""
    found, state, stack = [], {}, []

    def visit(file):
        state[file] = "open"
        stack.append(file)
        for other in graph.get(file, ()):
            if state.get(other) == "open":
                found.append(stack[stack.index(other):] + [other])
            elif other not in state:
                visit(other)
        state[file] = "done"
        stack.pop()

    for file in graph:
        if file not in state:
            visit(file)
    return found


def check(root):
    """What is wrong below `root`, a line each."""
    root = Path(root).resolve()
    readme = root / "lib/README.md"
    table = Table(readme.read_text(encoding="utf-8") if readme.is_file() else "")
    errors, graph, unknown = list(table.errors), {}, set()
    for path in sources(root):
        folder = folder_of(root, path)
        graph[path] = []
        for line, name, _ in includes(path):
            where = f"{path.relative_to(root)}:{line}"
            target = resolve(root, path, name)
            if target is not None:
                graph[path].append(target)
            if folder == "include":
                errors.append(check_public(where, name))
            elif target is None or is_benchmark(path):
                continue
            elif folder not in table.rank:
                unknown.add(folder)
            else:
                errors.append(check_private(table, where, folder, folder_of(root, target), name))
    errors += [f"lib/{folder}: not in the table of lib/README.md" for folder in sorted(unknown)]
    for cycle in cycles(graph):
        errors.append("cycle: " + " -> ".join(str(file.relative_to(root)) for file in cycle))
    return [error for error in errors if error]


def main():
    errors = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    for error in errors:
        print(error)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
