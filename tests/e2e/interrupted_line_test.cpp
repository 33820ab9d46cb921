// The line that an interrupted run ends with: how far it came, and how to continue it.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

/// One task that is done at once, and more that would run for longer than any test.
Result interrupted(std::vector<std::string> arguments, int signal = SIGINT) {
  Process process(prun_command(std::move(arguments)));
  REQUIRE(process.wait_for_lines(1));
  process.signal(signal);
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 128 + signal);
  return result;
}

const std::vector<std::string> endless_tasks{"imap_unordered", "identity(1)", "sleep(300)", "sleep(300)", "-j", "2"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("an interrupted run reports its progress and how to continue") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    CHECK(interrupted(endless_tasks, signal).err ==
          "prun: interrupted: 1 of 3 done; with --journal FILE a run can be continued\n");
  }
}

TEST_CASE("an interrupted run with a journal names the command that continues it") {
  const JournalFolder folder;
  CHECK(interrupted(with(endless_tasks, {"--journal", folder.journal()})).err ==
        "prun: interrupted: 1 of 3 done; continue with: prun retry " + folder.journal() + "\n");
  CHECK(interrupted(with(endless_tasks, {"--journal", folder.file("it's mine.db")})).err ==
        "prun: interrupted: 1 of 3 done; continue with: prun retry '" + folder.file("it'\\''s mine.db") + "'\n");
  CHECK(contains(run_prun({"journal", folder.journal()}).out, "tasks: 3: 1 succeeded, 0 failed, 2 missing"));
}

TEST_CASE("an interrupted run whose input is not read to its end does not say of how many") {
  const JournalFolder folder;
  Command command = prun_command({"imap", "--journal", folder.journal(), "identity", "-"}, "1\n");
  command.keep_input_open = true;
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGINT);
  const Result result = process.wait();
  INFO(result);
  CHECK(result.err == "prun: interrupted: 1 done; continue with the same command, its whole input and --resume\n");
}

TEST_CASE("a retry that is interrupted is continued by another") {
  const JournalFolder folder;
  const std::string script = "if [ {} != 1 ]; then sleep 300; fi; echo {}";
  const std::vector<std::string> run{"imap", "--output", "raw",       "--sh",          script,
                                     "1",    "2",        "--journal", folder.journal()};
  CHECK(contains(interrupted(run).err, "interrupted: 1 of 2 done; continue with: prun retry "));
  CHECK(interrupted({"retry", folder.journal()}).err ==
        "prun: interrupted: 1 of 2 done; continue with: prun retry " + folder.journal() + "\n");
}
