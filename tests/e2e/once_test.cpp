// --once: which tasks run again, and why.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

/// A folder with inputs `a` and `b`, of each of which a task makes an output.
class Made {
 public:
  Made() {
    for (const char* name : {"a", "b"}) folder.write(name, std::string("content of ") + name);
  }

  Result run(std::vector<std::string> inputs = {"a", "b"}, const std::string& script = "cp {} {}.out; echo made {/}") {
    std::vector<std::string> words{"imap",      "-j1",
                                   "--once",    "--why",
                                   "--journal", folder.file("run.db"),
                                   "--in",      "{}",
                                   "--out",     "{}.out",
                                   "--output",  "raw",
                                   "--sh",      script + "; echo {/} >> " + folder.file("trace"),
                                   ":::"};
    for (const std::string& input : inputs) words.push_back(folder.file(input));
    Result result = run_prun(std::move(words));
    INFO(result);
    CHECK(result.status == 0);
    return result;
  }

  JournalFolder folder;
};

}  // namespace

TEST_CASE("--once skips a task while the files that it reads are unchanged and the files that it writes exist") {
  Made made;
  CHECK(contains(made.run().err, "task 0 runs, because it is new: "));
  const Result again = made.run();
  CHECK(again.out == "made a\nmade b\n");
  CHECK(contains(again.err, "task 1 is unchanged: "));
  CHECK(contains(again.err, "prun: 2 of 2 tasks were unchanged\n"));
  CHECK(made.folder.traced().size() == 2);
}

TEST_CASE("--once runs a task again if its input has changed, by size or by content") {
  Made made;
  made.run();
  made.folder.write("a", "content of x");
  CHECK(contains(made.run().err, "task 0 runs, because its input " + made.folder.file("a") + " has changed: "));
  made.folder.write("a", "longer than before");
  CHECK(contains(made.run().err, "prun: 1 of 2 tasks was unchanged\n"));
  CHECK(made.folder.traced() == std::vector<std::string>{"a", "b", "a", "a"});
}

TEST_CASE("--once compares the content of a file whose time has changed") {
  Made made;
  made.run();
  std::filesystem::last_write_time(made.folder.file("a"), std::filesystem::file_time_type::clock::now());
  CHECK(contains(made.run().err, "prun: 2 of 2 tasks were unchanged\n"));
}

TEST_CASE("--once runs a task again if its output is missing, it has failed, or its script is another") {
  Made made;
  made.run();
  std::filesystem::remove(made.folder.file("b.out"));
  CHECK(contains(made.run().err, "task 1 runs, because its output " + made.folder.file("b.out") + " does not exist: "));
  CHECK(contains(made.run({"a", "b"}, "cp {} {}.out; echo again {/}").out, "again a\nagain b\n"));
  CHECK(contains(made.run({"b", "a"}, "cp {} {}.out; echo again {/}").err, "prun: 2 of 2 tasks were unchanged\n"));
  const JournalFolder folder;
  const std::vector<std::string> failing{
      "imap", "--once", "--why", "--sh", "test -e " + folder.file("gate") + " && echo {}", "1"};
  CHECK(run_with(folder, failing).status == 1);
  std::ofstream(folder.file("gate")) << "";
  const Result result = run_with(folder, failing);
  CHECK(contains(result.err, "task 0 runs, because it has not succeeded yet: "));
  CHECK(result.status == 0);
}

TEST_CASE("--once runs a task again if a function that bash has exported is another") {
  const JournalFolder folder;
  const auto run_function = [&](const std::string& body) {
    Command command = prun_command({"--once", "--journal", folder.journal(), "f", ":::", "1"});
    command.environment = {{"BASH_FUNC_f%%", "() { echo " + body + "; }"}};
    return run_command(std::move(command));
  };
  CHECK(run_function("f1").out == "f1\n");
  CHECK(contains(run_function("f1").err, "1 of 1 task was unchanged"));
  CHECK(run_function("f2").out == "f2\n");
}

TEST_CASE("--once does not record a task whose input changes while it runs") {
  Made made;
  const std::string script = "echo more >> {}; touch {}.out; echo made {/}";
  made.run({"a"}, script);
  CHECK(contains(made.run({"a"}, script).err, "task 0 runs, because its function and its inputs were not recorded: "));
}

TEST_CASE("--once calls a function of a file again if the file has changed, and one of prun in another build only") {
  const JournalFolder folder;
  folder.write("mine.py", "def f(x): return x + 1\n");
  const std::vector<std::string> words{"imap", "--once", "--why", folder.file("mine.py") + ":f", "1", "2"};
  CHECK(run_with(folder, words).status == 0);
  CHECK(contains(run_with(folder, words).err, "prun: 2 of 2 tasks were unchanged\n"));
  folder.write("mine.py", "def f(x): return x + 2\n");
  const Result changed = run_with(folder, words);
  CHECK(contains(changed.err, "task 0 runs, because its function has changed: "));
  CHECK(contains(changed.out, "3"));
  const JournalFolder built_in;
  CHECK(run_with(built_in, {"map", "--once", "fib", "1..20"}).status == 0);
  CHECK(contains(run_with(built_in, {"imap", "--once", "fib", "5..25"}).err, "prun: 16 of 21 tasks were unchanged\n"));
}

TEST_CASE("--in and --out with relative names name files of the folder of --cwd") {
  const JournalFolder folder;
  for (const char* name : {"a", "b"}) std::filesystem::create_directory(folder.file(name));
  folder.write("a/source", "content of a");
  folder.write("b/source", "content of b");
  const std::vector<std::string> words{
      "--once", "--why", "--cwd", folder.file("{}"), "--in", "source", "--out", "made", "cp source made; : {}",
      ":::",    "a",     "b"};
  CHECK(contains(run_with(folder, words).err, "prun: 0 of 2 tasks were unchanged\n"));
  CHECK(contains(run_with(folder, words).err, "prun: 2 of 2 tasks were unchanged\n"));
  folder.write("b/source", "content of c");
  const Result changed = run_with(folder, words);
  CHECK(contains(changed.err, "task 0 is unchanged: "));
  CHECK(contains(changed.err, "task 1 runs, because its input " + folder.file("b/source") + " has changed: "));
  std::filesystem::remove(folder.file("a/made"));
  CHECK(contains(run_with(folder, words).err,
                 "task 0 runs, because its output " + folder.file("a/made") + " does not exist: "));
}

TEST_CASE("--once names a missing input before any other reason, and warns of it once") {
  const JournalFolder folder;
  const std::vector<std::string> words{"imap", "-j1",     "--once", "--why", "--in", folder.file("absent{}"),
                                       "--sh", "echo {}", ":::",    "1",     "2"};
  for (int i = 0; i < 2; ++i) {
    const Result result = run_with(folder, words);
    CHECK(contains(result.err, "task 0 runs, because its input " + folder.file("absent1") + " does not exist: "));
    const std::string warning = "warning: the file " + folder.file("absent1") + " of --in does not exist";
    CHECK(contains(result.err, warning));
    CHECK(result.err.find("warning: ", result.err.find(warning) + 1) == std::string::npos);
  }
}

TEST_CASE("--once warns once of an output that successful tasks did not make") {
  const JournalFolder folder;
  const Result result = run_with(folder, {"imap", "-j1", "--once", "--out", folder.file("made{}"), "--sh",
                                          "test {} = 1 || touch " + folder.file("made0"), ":::", "0", "1", "2"});
  const std::string warning =
      "warning: task 1 succeeded and did not make the file " + folder.file("made1") + " of --out";
  CHECK(contains(result.err, warning));
  CHECK(result.err.find("warning: ", result.err.find(warning) + 1) == std::string::npos);
}

TEST_CASE("--once counts one task in the singular") {
  const JournalFolder folder;
  const std::vector<std::string> words{"imap", "--once", "fib", "1"};
  CHECK(contains(run_with(folder, words).err, "prun: 0 of 1 task was unchanged\n"));
  CHECK(contains(run_with(folder, words).err, "prun: 1 of 1 task was unchanged\n"));
}

TEST_CASE("--in and --out need a name") {
  for (const std::string option : {"--in", "--out"}) {
    const Result result = run_prun({"--once", "--journal", "x.db", option, "", "echo", ":::", "a"});
    CHECK(result.status == 2);
    CHECK(result.err.starts_with("prun: " + option + " takes the name of a file"));
  }
}

TEST_CASE("--once needs a journal, and its parts need --once") {
  CHECK(run_prun({"imap", "--once", "fib", "1"}).status == 2);
  CHECK(run_prun({"--in", "{}", "echo", ":::", "1"}).status == 2);
  CHECK(run_prun({"imap", "fib", "1", "--why"}).status == 2);
}
