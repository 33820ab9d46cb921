// `--explain`: the plan of a run and its reasons, before the run.
#include "prun_support.hpp"
#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun::test;

namespace {

bool has_line(const Result& run, const std::string& line) {
  for (const std::string& found : lines_of(run.err)) {
    if (found == "prun: " + line) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("--explain says how map cuts its input, and changes no result") {
  const Result plain = run_prun({"map", "fib", "1..39", "-j", "4", "--output", "raw"});
  const Result run = run_prun({"map", "fib", "1..39", "-j", "4", "--output", "raw", "--explain"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == plain.out);
  CHECK(has_line(run, "map: 39 tasks, 4 workers: chunk size 3 = ceil(39/16), 13 chunks"));
  CHECK(has_line(run, "workers: 4, as --jobs says"));
}

TEST_CASE("--explain says that the number of tasks of a stream is not known") {
  const Result run = run_prun({"imap", "fib", "-", "-j", "2", "--explain"}, "1\n2\n");
  INFO(run);
  CHECK(run.status == 0);
  CHECK(has_line(run, "imap: an unknown number of tasks, 2 workers: chunk size 1, the default of imap"));
}

TEST_CASE("--explain of commands without a mode names the commands and prun's jobserver") {
  const Result run = run_prun({"-j", "2", "--explain", "true", ":::", "a", "b", "c"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(has_line(run,
                 "imap: 3 commands, 2 workers: chunk size 1, because a command takes much longer than to hand it "
                 "out, 3 chunks"));
  CHECK(has_line(run, "jobserver: prun's own; makes and pruns that it runs share its workers"));
}

TEST_CASE(
    "--explain of a run that continues a journal names the option or command, and the tasks that it does not run") {
  const Folder folder;
  const std::string journal = folder.file("run.db");
  const std::vector<std::string> words{"imap", "-q", "--explain", "--journal", journal};
  const auto run = [&words](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    for (const char* word : {"--sh", "exit $1", "0", "1", "0"}) more.emplace_back(word);
    return run_prun(more);
  };
  CHECK(run({}).err.find("journal:") == std::string::npos);
  CHECK(has_line(run({"--resume"}),
                 "journal: tasks whose outcome is recorded are not run again (--resume); "
                 "up to 3 of the tasks in the first line are not run"));
  const std::string only = "journal: only tasks that failed or have no outcome are run ";
  const std::string rest = "; up to 2 of the tasks in the first line are not run";
  CHECK(has_line(run({"--resume-failed"}), only + "(--resume-failed)" + rest));
  CHECK(has_line(run_prun({"retry", journal, "--explain"}), only + "(prun retry)" + rest));
}

TEST_CASE("--explain is printed before a run that fails") {
  const Result run = run_prun({"--sh", "exit 3", "-j", "2", "--explain", "--deadline", "60s", ":::", "a"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.err.find("limit: 60 s for the run (--deadline)") < run.err.find("exit 3"));
}
