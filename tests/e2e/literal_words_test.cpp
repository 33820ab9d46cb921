// What a user, or a shell's `*`, passes as data stays data: no range, no option, no separator.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace prun::test;

namespace {

namespace fs = std::filesystem;

/// A folder of a test's own with empty files of those names.
class Folder {
 public:
  explicit Folder(const std::vector<std::string>& names)
      : path_(fs::temp_directory_path() / ("prun-words-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
    for (const std::string& name : names) std::ofstream(path_ / name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  /// Runs a line of a shell there, in which $PRUN is the command.
  [[nodiscard]] Result shell(const std::string& line, std::string input = {}) const {
    Command command{{"/bin/sh", "-c", "cd \"$1\" && PRUN=$0 && " + line, prun_binary(), path_.string()}};
    command.input = std::move(input);
    return run_command(std::move(command));
  }

  [[nodiscard]] std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  fs::path path_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("after -- only the files that are named like ranges and separators are removed") {
  const Folder folder({"1", "2", "3", "a", "keep-b"});
  for (const std::string name : {"1..3", ":::", "a..c", "-", "--help"}) {
    const Result made = folder.shell("touch './" + name + "' && \"$PRUN\" imap --cmd 'rm -- {}' -- '" + name + "'");
    INFO(made);
    CHECK(made.status == 0);
  }
  CHECK(folder.left() == Names{"1", "2", "3", "a", "keep-b"});
}

TEST_CASE("after ::: only the files that are named like options and ranges are removed") {
  const Folder folder({"1", "2", "3", "1..3", "--help", "--dry-run", "-j9", "--"});
  for (const std::string form : {"-- rm --", "--cmd 'rm -- {}'"}) {
    const Result run = folder.shell("touch ./--help && \"$PRUN\" imap " + form + " ::: 1..3 --help; touch 1..3");
    INFO(run);
    CHECK(run.status == 0);
  }
  const Result rest = folder.shell("\"$PRUN\" imap -- rm -- ::: 1..3 --dry-run -j9 --");
  INFO(rest);
  CHECK(rest.status == 0);
  CHECK(folder.left() == Names{"1", "2", "3"});
}

TEST_CASE("NUL-terminated names that are read as lines remove nothing") {
  const Folder folder({"a", "b", "c"});
  const std::string names("./a\0./b\0./c\0", 12);
  const Result lines = folder.shell("\"$PRUN\" imap --cmd 'rm {}'", names);
  INFO(lines);
  CHECK(lines.status == 2);
  CHECK(lines.err.starts_with("prun: <stdin>:1:4: the input has a NUL byte"));
  CHECK(lines.err.find("use -0") != std::string::npos);
  CHECK(folder.left() == Names{"a", "b", "c"});
  CHECK(folder.shell("\"$PRUN\" imap -0 --cmd 'rm {}'", names).status == 0);
  CHECK(folder.left().empty());
}

TEST_CASE("NUL bytes in files of inputs and in tasks are bad input") {
  const std::string content("x\0y\n", 4);
  const TemporaryFile file(content, ".txt");
  for (const std::vector<std::string>& from : {std::vector<std::string>{"-a", file.path(), "--cmd", "echo"},
                                               {"--", "echo", "::::", file.path()},
                                               {"--colsep", ",", "-a", file.path(), "--cmd", "echo {1}"},
                                               {"--sh", "echo {}", "-"}}) {
    std::vector<std::string> arguments{"imap"};
    arguments.insert(arguments.end(), from.begin(), from.end());
    const Result run = run_prun(arguments, content);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.find(":1:2: the input has a NUL byte") != std::string::npos);
  }
  for (const std::string task :
       {R"({"sh": "echo a\u0000b"})", R"({"cmd": ["echo", "a\u0000b"]})", R"({"cmd": ["echo"], "cwd": "/\u0000x"})",
        R"({"cmd": ["echo"], "env": {"A": "\u0000"}})", R"({"cmd": ["echo"], "env": {"A\u0000": "x"}})"}) {
    const Result run = run_prun({"submit"}, task);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.find("has a NUL byte") != std::string::npos);
  }
  CHECK(run_prun({"submit", "--output", "raw"}, R"({"cmd": ["cat"], "stdin": "a\u0000b"})").out ==
        std::string("a\0b", 3));
}

TEST_CASE("an option of a journal's retry is put in front of the inputs") {
  const Folder folder({});
  const Result run =
      folder.shell("\"$PRUN\" imap --journal run.db -j1 -- false ::: --help; \"$PRUN\" retry run.db --output jsonl");
  INFO(run);
  CHECK(run.out.find("\"--help\"") != std::string::npos);
}

TEST_CASE("a range of any form is the input of commands and functions alike") {
  CHECK(run_prun({"imap", "--cmd", "echo", "08..10", "a..c", "0.9..1.1..0.1"}).out ==
        "08\n09\n10\na\nb\nc\n0.9\n1.0\n1.1\n");
  CHECK(run_prun({"imap", "identity", "--format", "{result}", "08..10", "a..c", "0.9..1.1..0.1"}).out ==
        "08\n09\n10\na\nb\nc\n0.9\n1.0\n1.1\n");
  CHECK(run_prun({"map", "fib", "--format", "{result}", "--", "-3..1"}).out ==
        run_prun({"map", "fib", "--format", "{result}", "-3..1"}).out);
}

TEST_CASE("a word that only looks like a range is pointed out") {
  const Result run = run_prun({"imap", "--cmd", "echo", "1-3"});
  CHECK(run.out == "1-3\n");
  CHECK(run.err == "prun: warning: the input '1-3' is text; a range is written 1..3\n");
  CHECK(run_prun({"imap", "--cmd", "echo", "0..1,0..1"}).err ==
        "prun: warning: the input '0..1,0..1' is text; for all combinations, write ::: 0..1 ::: 0..1\n");
  CHECK(run_prun({"imap", "--cmd", "echo", "1-3,5-7"}).err ==
        "prun: warning: the input '1-3,5-7' is text; several inputs are separate words: 1..3 5..7\n");
  CHECK(run_prun({"imap", "--cmd", "echo", "1.."}).err.find("warning") == std::string::npos);
  CHECK(run_prun({"imap", "--cmd", "echo", ":::", "1-3"}).err.empty());
  CHECK(run_prun({"imap", "--quiet", "--cmd", "echo", "1-3"}).err.empty());
}

TEST_CASE("more combinations than 64 bits count are run, one after the other") {
  const Folder folder({});
  const Result run =
      folder.shell("seq 65536 > l; \"$PRUN\" imap --halt now,done=2 -j1 -- echo :::: l :::: l :::: l :::: l; echo $?");
  INFO(run);
  CHECK(run.out.starts_with("1 1 1 1\n1 1 1 2\n"));
}
