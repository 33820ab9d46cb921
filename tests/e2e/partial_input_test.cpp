// Runs with a journal whose input was not read to its end: what retry says of them, and what completes them.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

constexpr const char* unknown = "prun: the input was not read to its end: the journal ";

nlohmann::json summary_of(const JournalFolder& folder) {
  return nlohmann::json::parse(run_prun({"journal", folder.journal(), "--output", "json"}).out);
}

/// Starts a run whose input stays open behind `input`, and signals it when `recorded` outcomes are recorded.
Result run_with_open_input(const JournalFolder& folder, std::vector<std::string> arguments, const std::string& input,
                           std::size_t recorded, int signal) {
  arguments.insert(arguments.begin() + 1, {"--journal", folder.journal()});
  Command command = prun_command(std::move(arguments), input);
  command.keep_input_open = true;
  Process prun(std::move(command));
  REQUIRE(prun.wait_until([&] { return folder.recorded() >= recorded; }));
  prun.signal(signal);
  return prun.wait();
}

/// A retry tells that the rest is unknown, each time, and fails unless that is accepted.
void check_partial(const JournalFolder& folder, const std::string& known_results) {
  for (int time = 0; time < 2; ++time) {
    const Result retried = run_prun({"retry", folder.journal()});
    INFO(retried);
    CHECK(retried.status == 2);
    CHECK(retried.out == known_results);
    CHECK(contains(retried.err, unknown));
    CHECK(contains(retried.err, "or accept these tasks with --partial"));
    const Result accepted = run_prun({"retry", folder.journal(), "--partial"});
    INFO(accepted);
    CHECK(accepted.status == 0);
    CHECK(accepted.out == known_results);
    CHECK(contains(accepted.err, unknown));
  }
  CHECK(contains(run_prun({"journal", folder.journal()}).out, " read (the input was not read to its end): "));
  CHECK(summary_of(folder)["input_read_to_its_end"] == false);
}

/// The original command with its input completes it, and then nothing is unknown any more.
void check_completed(const JournalFolder& folder, const std::vector<std::string>& run, const std::string& input,
                     const std::string& results) {
  const Result resumed = run_with(folder, run, {"--resume"}, input);
  INFO(resumed);
  CHECK(resumed.status == 0);
  CHECK(resumed.out == results);
  const Result retried = run_prun({"retry", folder.journal()});
  INFO(retried);
  CHECK(retried.status == 0);
  CHECK(retried.out == results);
  CHECK(retried.err.empty());
  CHECK(summary_of(folder)["input_read_to_its_end"] == true);
}

}  // namespace

TEST_CASE("retry of a run that was ended while its piped input was open says that the rest is unknown") {
  struct Case {
    std::vector<std::string> run;
    std::string read;
    std::string whole;
  };
  const std::vector<Case> cases{
      {{"imap", "--format", "{result}"},
       "[\"identity\", 1]\n[\"identity\", 2]\n",
       "[\"identity\", 1]\n[\"identity\", 2]\n[\"identity\", 3]\n"},
      {{"imap", "identity", "-", "--format", "{result}"}, "1\n2\n", "1\n2\n3\n"},
      {{"imap", "--cmd", "echo {}", "--output", "raw"}, "1\n2\n", "1\n2\n3\n"},
      {{"imap", "-a", "/dev/stdin", "--cmd", "echo {}", "--output", "raw"}, "1\n2\n", "1\n2\n3\n"},
      {{"imap", "--cmd", "echo {}", "--output", "raw", "::::", "-"}, "1\n2\n", "1\n2\n3\n"},
      {{"imap", "--pipe", "--block", "2", "--cmd", "cat", "--output", "raw"}, "1\n2\n", "1\n2\n3\n"},
      {{"imap", "--tasks", "-", "--format", "{result}"},
       "[\"identity\", 1]\n[\"identity\", 2]\n",
       "[\"identity\", 1]\n[\"identity\", 2]\n[\"identity\", 3]\n"},
  };
  int signal = SIGINT;
  for (const Case& one : cases) {
    signal = signal == SIGINT ? SIGKILL : SIGINT;
    CAPTURE(one.run);
    CAPTURE(signal);
    const JournalFolder folder;
    const bool blocks = std::find(one.run.begin(), one.run.end(), "--pipe") != one.run.end();
    const Result ended = run_with_open_input(folder, one.run, one.read, blocks ? 1 : 2, signal);
    CHECK(ended.status == 128 + signal);
    if (signal == SIGINT) CHECK(contains(ended.err, "continue with the same command, its whole input and --resume"));
    check_partial(folder, blocks ? run_prun({"retry", folder.journal(), "--partial"}).out : "1\n2\n");
    check_completed(folder, one.run, one.whole, "1\n2\n3\n");
  }
}

TEST_CASE("retry of a run that was halted, out of time or had bad input says that the rest is unknown") {
  const std::vector<std::string> run{"imap", "identity", "-", "--format", "{result}", "--buffersize", "2"};
  std::string numbers;
  for (int i = 1; i <= 500; ++i) numbers += std::to_string(i) + "\n";
  {
    const JournalFolder folder;
    CHECK(run_with(folder, run, {"--halt", "soon,success=1"}, numbers).status == 0);
    const Result retried = run_prun({"retry", folder.journal(), "--halt", "never"});
    CHECK(retried.status == 2);
    CHECK(contains(retried.err, unknown));
    check_completed(folder, {"imap", "identity", "-", "--format", "{result}"}, numbers, numbers);
  }
  {
    const JournalFolder folder;
    const std::string tasks = "[\"identity\", 1]\n[\"identity\", ]\n[\"identity\", 2]\n";
    CHECK(run_with(folder, {"imap", "--format", "{result}"}, {}, tasks).status == 2);
    check_partial(folder, "1\n");
    check_completed(folder, {"imap", "--format", "{result}"}, "[\"identity\", 1]\n[\"identity\", 2]\n", "1\n2\n");
  }
  {
    const JournalFolder folder;
    Command command = prun_command(
        {"imap", "--journal", folder.journal(), "--deadline", "500ms", "identity", "-", "--format", "{result}"}, "1\n");
    command.keep_input_open = true;
    CHECK(Process(std::move(command)).wait().status == 1);
    const Result retried = run_prun({"retry", folder.journal(), "--deadline", "1h"});
    INFO(retried);
    CHECK(retried.status == 2);
    CHECK(contains(retried.err, unknown));
  }
}

TEST_CASE("retry reads a file of inputs again, but takes the tasks of a FIFO from the journal") {
  const JournalFolder folder;
  std::ofstream(folder.file("numbers")) << "1\n2\n3\n";
  const std::vector<std::string> run{"imap", "-j", "1", "--buffersize", "1", "--output", "raw", "--cmd", "echo {}"};
  for (const bool behind : {false, true}) {
    const JournalFolder own;
    std::vector<std::string> arguments = run;
    arguments.insert(arguments.end(), {behind ? "::::" : "-a", folder.file("numbers")});
    CHECK(run_with(own, arguments, {"--halt", "soon,success=1"}).status == 0);
    const Result retried = run_prun({"retry", own.journal(), "--halt", "never"});
    INFO(retried);
    CHECK(retried.status == 0);
    CHECK(retried.out == "1\n2\n3\n");
    CHECK(retried.err.empty());
  }
  Command start = prun_command({});
  start.arguments = {"/bin/sh", "-c",
                     "mkfifo " + folder.file("fifo") + "; { printf '1\n2\n3\n'; } > " + folder.file("fifo") + " & " +
                         prun_binary() + " imap --journal " + folder.journal() +
                         " --halt soon,success=1 -j 1 --buffersize 1 --output raw --cmd 'echo {}' -a " +
                         folder.file("fifo")};
  CHECK(run_command(start).status == 0);
  const Result retried = run_prun({"retry", folder.journal(), "--halt", "never"});
  INFO(retried);
  CHECK(retried.status == 2);
  CHECK(contains(retried.err, unknown));
}

TEST_CASE("--partial is for retry alone") {
  const Result refused = run_prun({"imap", "--partial", "identity", "1"});
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "prun imap does not take --partial; it is for prun retry"));
}
