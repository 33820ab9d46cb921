// Which files a Python process imports: its own from Python's folders, the user's by the rules of a script or of `python -m`.
#include "prun_support.hpp"
#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace prun::test;

namespace {

namespace fs = std::filesystem;

/// A file for each module of Python's library; each writes its name to `imported` when it is imported.
void write_decoys(const Folder& folder) {
  Command command;
  command.arguments = {"python3", "-c", R"(
import os, sys
folder, log = sys.argv[1:]
os.makedirs(folder)
names = getattr(sys, "stdlib_module_names", None) or "_json array ctypes inspect json site socket traceback".split()
for name in names:
    with open(os.path.join(folder, name + ".py"), "w") as file:
        file.write("open(%r, 'a').write(%r)\nraise ImportError('a decoy')\n" % (log, name + " "))
)",
                       folder / "decoys", folder / "imported"};
  REQUIRE(run_command(std::move(command)).status == 0);
}

Result run_in(const fs::path& folder, std::vector<std::string> arguments, std::string input = {},
              std::vector<std::pair<std::string, std::string>> environment = {}) {
  Command command = prun_command(std::move(arguments), std::move(input));
  std::string line = "cd '" + folder.string() + "' && exec \"$0\" \"$@\"";
  command.arguments.insert(command.arguments.begin(), {"sh", "-c", std::move(line)});
  command.environment = std::move(environment);
  command.environment.emplace_back("PYTHONDONTWRITEBYTECODE", "1");
  return run_command(std::move(command));
}

constexpr const char* module_text = R"(
import functools

def plain(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)
    return inner

@plain
def same(x):
    return x

def fail(x):
    raise ValueError(x)
)";

}  // namespace

TEST_CASE("python: no file of the current folder replaces a standard module") {
  const Folder folder;
  write_decoys(folder);
  folder.write("home/a.py", module_text);
  for (const std::string safe : {"", "1"}) {
    const std::vector<std::pair<std::string, std::string>> environment{{"PYTHONSAFEPATH", safe}};
    const Result run =
        run_in(folder / "decoys", {"submit", "--output", "jsonl", "-j", "1"},
               "[\"../home/a.py:same\", 7]\n[\"../home/a.py:fail\", 8]\n[\"../home/a.py:same\", 9]\n", environment);
    INFO(run);
    CHECK(run.status == 1);
    const auto lines = json_lines(run.out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].at("result") == 7);
    CHECK(lines[1].at("error").at("type") == "ValueError");
    CHECK(lines[2].at("result") == 9);
    const Result list = run_in(folder / "decoys", {"functions", "../home/a.py"}, {}, environment);
    INFO(list);
    CHECK(list.status == 0);
    CHECK_FALSE(fs::exists(folder / "imported"));
  }
}

TEST_CASE("python: a module of the current folder runs beside files named like Python's own") {
  const Folder folder;
  write_decoys(folder);
  std::ofstream(folder / "decoys/own_module.py")
      << "def same(x):\n    return x\n\ndef fail(x):\n    raise ValueError(x)\n";
  const Result run = run_in(folder / "decoys", {"submit", "--output", "jsonl", "-j", "1"},
                            "[\"own_module:same\", 7]\n[\"own_module:fail\", 8]\n");
  INFO(run);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("result") == 7);
  CHECK(lines[1].at("error").at("type") == "ValueError");
  CHECK_FALSE(fs::exists(folder / "imported"));
}

TEST_CASE("python: a file finds its neighbours and not those of the current folder, as a script does") {
  const Folder folder;
  folder.write("home/neighbour.py", "value = 'home'\n");
  folder.write("home/a.py", "import neighbour\n\ndef f(x):\n    return neighbour.value\n");
  folder.write("here/neighbour.py", "value = 'here'\n");
  folder.write("here/other.py", "");
  folder.write("home/b.py", "import other\n\ndef f(x):\n    return 1\n");
  fs::create_symlink("../home/a.py", folder / "here/link.py");
  for (const std::string file : {"../home/a.py", "link.py"}) {
    const Result run = run_in(folder / "here", {"map", file + ":f", "1", "--format", "{result}"});
    INFO(run);
    CHECK(run.out == "home\n");
  }
  const Result run = run_in(folder / "here", {"map", "../home/b.py:f", "1"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("No module named 'other'") != std::string::npos);
}

TEST_CASE("python: PYTHONSAFEPATH keeps the folder of a file and the current folder out of the path") {
  Command version;
  version.arguments = {"python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"};
  if (run_command(std::move(version)).status != 0) {
    MESSAGE("skipped: this Python does not know PYTHONSAFEPATH");
    return;
  }
  const Folder folder;
  folder.write("home/neighbour.py", "value = 1\n");
  folder.write("home/a.py", "import neighbour\n\ndef f(x):\n    return neighbour.value\n");
  for (const std::string target : {"a.py:f", "a:f"}) {
    CHECK(run_in(folder / "home", {"map", target, "1"}).status == 0);
    const Result run = run_in(folder / "home", {"map", target, "1"}, {}, {{"PYTHONSAFEPATH", "1"}});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.err.find("ModuleNotFoundError") != std::string::npos);
  }
}
