// Runs with a journal, killed, interrupted and resumed: as a user sees them.
#include "journal_support.hpp"

#include "support/process_tree.hpp"

#include "journal/sqlite.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

/// Tasks that end when they are let: each waits until the file `gate` is there, but those below `free`.
std::string gated(const JournalFolder& folder, int free) {
  return "if [ {} -ge " + std::to_string(free) + " ]; then while [ ! -e " + folder.file("gate") +
         " ]; do sleep 0.02; done; fi; echo {} >> " + folder.file("trace") + "; echo result of {}";
}

void open_gate(const JournalFolder& folder) { std::ofstream(folder.file("gate")) << ""; }

std::vector<std::string> results_of(int first, int last) {
  std::vector<std::string> lines;
  for (int i = first; i <= last; ++i) lines.push_back("result of " + std::to_string(i));
  return lines;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

TEST_CASE("a killed and resumed run prints every result once and repeats no recorded task") {
  for (const std::string mode : {"map", "imap", "imap_unordered", "submit"}) {
    CAPTURE(mode);
    const JournalFolder folder;
    const std::vector<std::string> run{mode, "-j", "2", "--output", "raw", "--sh", gated(folder, 6), "1..9"};
    run_and_kill(folder, run, 5, SIGKILL);
    const std::vector<std::string> before = folder.traced();
    CHECK(before.size() == 5);
    open_gate(folder);
    const Result result = run_with(folder, run, {"--resume"});
    CHECK(result.status == 0);
    CHECK(sorted(lines_of(result.out)) == results_of(1, 9));
    if (mode != "imap_unordered") CHECK(lines_of(result.out) == results_of(1, 9));
    CHECK(folder.traced().size() == 9);
    const Result again = run_with(folder, run, {"--resume"});
    CHECK(sorted(lines_of(again.out)) == results_of(1, 9));
    CHECK(folder.traced().size() == 9);
  }
}

TEST_CASE("a run is resumed after an interrupt, a halt or a deadline") {
  const JournalFolder folder;
  const std::vector<std::string> run{"imap", "-j", "2", "--output", "raw", "--sh", gated(folder, 4), "1..7"};
  run_and_kill(folder, run, 3, SIGINT);
  CHECK(run_with(folder, run, {"--resume", "--deadline", "200ms"}).status == 1);
  open_gate(folder);
  CHECK(run_with(folder, run, {"--resume", "--halt", "soon,success=1"}).status == 0);
  const Result result = run_with(folder, run, {"--resume"});
  CHECK(lines_of(result.out) == results_of(1, 7));
  CHECK(folder.traced().size() == 7);
  const Result shown = run_prun({"journal", folder.journal()});
  CHECK(contains(shown.out, "interrupted by SIGINT after "));
  CHECK(contains(shown.out, "deadline after "));
  CHECK(contains(shown.out, "halted after "));
  CHECK(contains(shown.out, "done after "));
  CHECK(contains(shown.out, "tasks: 7: 7 succeeded, 0 failed, 0 missing"));
}

TEST_CASE("values of every kind, failures and times are printed again unchanged") {
  const JournalFolder folder;
  const std::string tasks =
      "[\"identity\", 18446744073709551615]\n[\"identity\", -0.0]\n[\"identity\", \"a\\u0000\\u00e9\"]\n"
      "{\"function\": \"identity\", \"args\": [{\"b\": [1, null, 2.5], \"a\": true}], \"id\": 7}\n[\"fib\", 92]\n"
      "{\"cmd\": [\"sh\", \"-c\", \"printf '\\\\377x'; exit 3\"]}\n";
  const Result first = run_with(folder, {"imap", "--output", "jsonl"}, {}, tasks);
  CHECK(first.status == 1);
  const Result second = run_with(folder, {"map", "--output", "jsonl"}, {"--resume"}, tasks);
  CHECK(second.status == 1);
  const auto as_printed = [](const Result& result) {
    auto lines = json_lines(result.out);
    for (auto& line : lines) line.erase("started");  // to the microsecond, give or take one
    return lines;
  };
  CHECK(as_printed(first) == as_printed(second));
  CHECK(as_printed(first).size() == 6);
}

TEST_CASE("outputs too large for memory are recorded, printed again and kept in files again") {
  const JournalFolder folder;
  const std::vector<std::string> run{
      "imap", "--output", "raw", "--sh", "echo {} >> " + folder.file("trace") + "; seq {} 3000000 | tee /dev/stderr",
      "1",    "2"};
  const Result first = run_with(folder, run);
  CHECK(first.status == 0);
  CHECK(first.out.size() > 40'000'000);
  const Result second = run_with(folder, run, {"--resume", "--results", folder.file("results")});
  CHECK(second.out == first.out);
  CHECK(second.err == first.err);
  CHECK(folder.traced().size() == 2);
  CHECK(std::filesystem::file_size(folder.file("results") + "/1/2/stdout") * 2 == first.out.size() - 2);
}

TEST_CASE("inputs of standard input and of files are resumed too") {
  const JournalFolder folder;
  std::string numbers;
  for (int i = 1; i <= 5000; ++i) numbers += std::to_string(i) + "\n";
  const Result first =
      run_with(folder, {"imap", "identity", "-", "--format", "{result}"}, {"--halt", "soon,success=100"}, numbers);
  CHECK(lines_of(first.out).size() < 5000);
  CHECK(run_with(folder, {"imap", "identity", "-", "--format", "{result}"}, {"--resume"}, numbers).out == numbers);
  std::ofstream(folder.file("tasks.json")) << R"([["fib", 10], ["fib", 11]])";
  const JournalFolder other;
  CHECK(run_with(other, {"submit", "--tasks", folder.file("tasks.json")}).status == 0);
  CHECK(run_with(other, {"submit", "--tasks", folder.file("tasks.json")}, {"--resume"}).out ==
        "fib(10) = 89\nfib(11) = 144\n");
}

TEST_CASE("failed tasks run again only with --resume-failed") {
  const JournalFolder folder;
  const std::vector<std::string> run{
      "imap",
      "-j",
      "1",
      "--output",
      "raw",
      "--sh",
      "echo {} >> " + folder.file("trace") + "; test {} != 2 -o -e " + folder.file("gate") + " && echo result of {}",
      "1..3"};
  CHECK(run_with(folder, run).status == 1);
  const Result resumed = run_with(folder, run, {"--resume"});
  CHECK(resumed.status == 1);
  CHECK(contains(resumed.err, "exit status 1"));
  CHECK(folder.traced().size() == 3);
  open_gate(folder);
  const Result failed_too = run_with(folder, run, {"--resume-failed"});
  CHECK(failed_too.status == 0);
  CHECK(lines_of(failed_too.out) == results_of(1, 3));
  CHECK(folder.traced() == std::vector<std::string>{"1", "2", "3", "2"});
}

TEST_CASE("prun retry runs failed tasks even if standard input is gone") {
  const JournalFolder folder;
  const std::string script =
      "echo {} >> " + folder.file("trace") + "; test {} != b -o -e " + folder.file("gate") + " && echo {}";
  CHECK(run_with(folder, {"imap", "-j", "1", "--output", "raw", "--sh", script}, {}, "a\nb\nc\n").status == 1);
  open_gate(folder);
  const Result result = run_prun({"retry", folder.journal()});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.out == "a\nb\nc\n");
  CHECK(folder.traced() == std::vector<std::string>{"a", "b", "c", "b"});
  const Result with_options = run_prun({"retry", folder.journal(), "--output", "jsonl", "-j", "1"});
  CHECK(json_lines(with_options.out).size() == 3);
}

TEST_CASE("prun retry changes to the folder of the run and finishes the input") {
  const JournalFolder folder;
  std::ofstream(folder.file("numbers")) << "1\n2\n3\n";
  Command start = prun_command({});
  start.arguments = {"/bin/sh", "-c",
                     "cd " + folder.file("") + " && exec " + prun_binary() +
                         " imap --journal run.db --halt soon,success=1 -j 1 --buffersize 1 --output raw "
                         "--cmd 'echo {}' -a numbers"};
  CHECK(run_command(start).status == 0);
  const Result result = run_prun({"retry", folder.journal(), "--halt", "never"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.out == "1\n2\n3\n");
}

TEST_CASE("only one run at a time uses a journal, until it is killed") {
  const JournalFolder folder;
  const std::vector<std::string> run{"imap", "--output", "raw", "--sh", gated(folder, 2), "1..3"};
  Process first(
      prun_command({"imap", "--journal", folder.journal(), "--output", "raw", "--sh", gated(folder, 2), "1..3"}));
  REQUIRE(first.wait_until([&] { return folder.recorded() == 1; }));
  const Result refused = run_with(folder, run, {"--resume"});
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "is in use: another prun, process " + std::to_string(first.pid()) + ", is using it"));
  CHECK(contains(run_prun({"journal", folder.journal()}).out, "       is running\n"));
  first.signal(SIGKILL);
  CHECK(first.wait().status == 137);
  CHECK(contains(run_prun({"journal", folder.journal()}).out, "       was killed before it ended\n"));
  open_gate(folder);
  CHECK(lines_of(run_with(folder, run, {"--resume"}).out) == results_of(1, 3));
}

TEST_CASE("a journal of other settings or another kind of file is refused, and left as it is") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "fib", "1..5"}).status == 0);
  const auto refused = [&](std::vector<std::string> arguments, std::vector<std::string> more,
                           std::string_view message) {
    const Result result = run_with(folder, std::move(arguments), std::move(more));
    CAPTURE(result);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, message));
  };
  refused({"imap", "fib", "1..5"}, {}, "has 1 run already; add --resume to continue it");
  refused({"imap", "fib", "1..5"}, {"--resume", "--seed", "3"}, "is of runs with no --seed, this one has --seed 3");
  refused({"imap", "--cmd", "echo", "1"}, {"--resume", "--dry-run"}, "--journal and --dry-run cannot be used together");
  CHECK(folder.recorded() == 5);
  CHECK(run_prun({"imap", "fib", "1..5", "--resume"}).status == 2);
  CHECK(lines_of(run_with(folder, {"imap", "fib", "1..8"}, {"--resume"}).out).size() == 8);
}

TEST_CASE("tasks of another command are new tasks, however long the command is") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"-j1", "echo", ":::", "a"}).out == "a\n");
  for (const auto& [command, out] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"echo", "{}", "x"}, "a x\n"}, {{"echo {} y"}, "a y\n"}, {{"basename"}, "a\n"}}) {
    std::vector<std::string> words{"-j1", "--resume"};
    words.insert(words.end(), command.begin(), command.end());
    words.insert(words.end(), {":::", "a"});
    const Result result = run_with(folder, words);
    CAPTURE(result);
    CHECK(result.out == out);
    CHECK(contains(result.err, "the input has changed: 0 tasks reused, 1 new, 1 gone"));
  }
  const Result function = run_with(folder, {"map", "identity", "a"}, {"--resume"});
  CHECK(function.status == 2);
  CHECK(contains(function.err, "is of runs with the command basename, this one has no command: "));
}

TEST_CASE("results of other settings are not taken over, also if a later run with --once replaced some of them") {
  const JournalFolder folder;
  const std::vector<std::string> command{"imap", "-j1", "--sh", "echo {}", "a", "b", "c"};
  CHECK(run_with(folder, command, {"--seed", "1"}).status == 0);
  CHECK(run_with(folder, command, {"--once", "--seed", "2", "--halt", "now,done=1"}).status != 2);
  const Result refused = run_with(folder, command, {"--resume", "--seed", "2"});
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "is of runs with --seed 1, this one has --seed 2"));
  CHECK(run_with(folder, command, {"--once", "--seed", "2"}).status == 0);
  CHECK(run_with(folder, command, {"--resume", "--seed", "2"}).status == 0);
}

TEST_CASE("a damaged journal is refused") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "identity", "1..5000"}).status == 0);
  const auto size = std::filesystem::file_size(folder.journal());
  {
    std::fstream file(folder.journal(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(4000, '\x5a');
  }
  const Result result = run_with(folder, {"imap", "identity", "1..5000"}, {"--resume"});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "prun: the journal " + folder.journal() + ": it is damaged: "));
  CHECK(contains(result.err, "; save what can be read: sqlite3 " + folder.journal() + " .recover | sqlite3 NEW.db\n"));
}

TEST_CASE("a journal that cannot be written ends the run and keeps its records") {
  const JournalFolder folder;
  Command command = prun_command({});
  command.arguments = {"/bin/sh", "-c",
                       "trap '' XFSZ; ulimit -f 2000; exec " + prun_binary() + " imap identity 1..1000000 --journal " +
                           folder.journal() + " > /dev/null"};
  const Result result = run_command(command);
  CHECK(result.status == 3);
  CHECK(contains(result.err, "prun: the journal " + folder.journal() + " cannot be written: "));
  const std::size_t kept = folder.recorded();
  CHECK(kept > 0);
  CHECK(kept < 1'000'000);
  const Result resumed = run_with(folder, {"imap", "identity", "1..1000000", "--format", "{result}"}, {"--resume"});
  CHECK(resumed.status == 0);
  CHECK(lines_of(resumed.out).size() == 1'000'000);
}

TEST_CASE("an attempt whose worker died is recorded with its time and its ending") {
  const JournalFolder folder;
  CHECK(
      run_with(folder, {"imap", "sleep", "60", "0.01"}, {"--timeout", "300ms", "--retries", "1", "--retry-delay", "0"})
          .status == 1);
  prun::journal::Database database(folder.journal(), SQLITE_OPEN_READONLY);
  CHECK(database.integer("SELECT count(*) FROM attempts WHERE task = 0 AND ending = 'timeout' AND worker > 0 AND "
                         "started > 1e18 AND duration BETWEEN 3e8 AND 3e10") == 2);
  CHECK(database.integer("SELECT final FROM attempts WHERE task = 0 AND attempt = 1") == 0);
  CHECK(database.integer("SELECT final FROM attempts WHERE task = 0 AND attempt = 2") == 1);
  CHECK(database.integer("SELECT count(*) FROM attempts WHERE task = 1 AND ending = 'value' AND user + system >= 0 AND "
                         "max_rss > 0 AND minor_faults >= 0") == 1);
}

TEST_CASE("the journal records the usage of a command, not of its worker") {
  const JournalFolder folder;
  const std::string busy = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; exit {}";
  CHECK(run_with(folder, {"imap", "--sh", busy, "0", "3"}).status == 1);
  prun::journal::Database database(folder.journal(), SQLITE_OPEN_READONLY);
  CHECK(database.integer("SELECT count(*) FROM attempts WHERE user + system > 20000 AND max_rss > 100000") == 2);
}

TEST_CASE("prun journal prints the same facts as JSON and as text, and the views answer SQL queries") {
  const JournalFolder folder;
  CHECK(
      run_with(folder, {"imap", "fib", "10", "92"}, {"--retries", "1", "--retry-on", "exception", "--retry-delay", "0"})
          .status == 1);
  const Result result = run_prun({"journal", folder.journal(), "--output", "json"});
  const auto summary = nlohmann::json::parse(result.out);
  CHECK(summary["tasks"] == 2);
  CHECK(summary["succeeded"] == 1);
  CHECK(summary["failures"]["exception"] == 1);
  CHECK(summary["attempts"] == 3);
  CHECK(summary["runs"][0]["ending"] == "done");
  CHECK(summary["failed_tasks"][0]["call"] == "fib(92)");
  CHECK(summary["failed_tasks"][0]["attempts"] == 2);
  prun::journal::Database database(folder.journal(), SQLITE_OPEN_READONLY);
  CHECK(database.integer("SELECT result FROM results WHERE function = 'fib' AND args = '[10]'") == 89);
  CHECK(database.integer("SELECT attempts FROM failures WHERE task = 1 AND ending = 'exception'") == 2);
  CHECK(database.integer("SELECT failed FROM summary WHERE function = 'fib'") == 1);
  CHECK(run_prun({"journal", folder.file("missing")}).status == 2);
}

TEST_CASE("prun journal shows commands with shell quoting") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "--sh", "exit {}", "0", "3"}).status == 1);
  CHECK(contains(run_prun({"journal", folder.journal()}).out, "task 1  exit 3: exit status 3\n"));
  const JournalFolder tasks;
  CHECK(run_with(tasks, {"submit", "--output", "raw"}, {}, "{\"cmd\": [\"sh\", \"-c\", \"exit 4\"]}\n").status == 1);
  CHECK(contains(run_prun({"journal", tasks.journal()}).out, "task 0  sh -c 'exit 4': exit status 4\n"));
}

TEST_CASE("prun journal names the input of a script that uses $1") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "--sh", "exit \"$1\"", "0", "3"}).status == 1);
  const std::string out = run_prun({"journal", folder.journal()}).out;
  CAPTURE(out);
  CHECK(contains(out, "task 1  "));
  CHECK(contains(out, "(input: 3): exit status 3\n"));
}

TEST_CASE("prun journal leaves no files beside the journal") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "fib", "1..3"}).status == 0);
  CHECK(run_prun({"journal", folder.file("run.db")}).status == 0);
  for (const std::string suffix : {"-wal", "-shm"}) CHECK_FALSE(std::ifstream(folder.file("run.db" + suffix)).good());
}

TEST_CASE("a run with a changed input reuses the outcomes of the remaining tasks, and reports this") {
  const JournalFolder folder;
  const auto lines = [&](const std::vector<std::string>& inputs, const std::string& said) {
    std::vector<std::string> command{
        "imap", "-j1", "--output", "raw", "--sh", "echo {} >> " + folder.file("trace") + "; echo got {}", ":::"};
    command.insert(command.end(), inputs.begin(), inputs.end());
    const Result result = run_with(folder, command, {"--resume"});
    INFO(result);
    CHECK(result.status == 0);
    CHECK((said.empty() ? result.err.empty() : contains(result.err, said)));
    std::string expected;
    for (const std::string& input : inputs) expected += "got " + input + "\n";
    CHECK(result.out == expected);
    return folder.traced();
  };
  CHECK(lines({"a", "b", "c"}, "").size() == 3);
  CHECK(lines({"new", "a", "b", "c"}, "the input has changed: 3 tasks reused, 1 new, 0 gone").back() == "new");
  CHECK(lines({"c", "a"}, "the input has changed: 2 tasks reused, 0 new, 2 gone").size() == 4);
  CHECK(lines({"a", "a", "c", "b"}, "3 tasks reused, 1 new, 0 gone").size() == 5);
  CHECK(lines({"a", "a", "c", "b"}, "").size() == 5);
  CHECK(lines({"b", "a", "a", "c"}, "prun: the order of the input has changed: 4 tasks reused\n").size() == 5);
  CHECK(folder.recorded() == 5);
  const Result summary = run_prun({"journal", folder.journal()});
  CHECK(contains(summary.out, "tasks: 4: 4 succeeded, 0 failed, 0 missing\nrecorded, and no longer in the input: 1\n"));
}

TEST_CASE("prun retry runs a task that only a run which did not reach the end of its input has read") {
  const JournalFolder folder;
  const std::string script = "echo {}; test {} != 7 || test -e " + folder.file("go") + " || sleep 300";
  const std::vector<std::string> command{"imap", "-j1", "--output", "raw", "--sh", script};
  const auto with = [&](std::vector<std::string> inputs) {
    inputs.insert(inputs.begin(), command.begin(), command.end());
    return inputs;
  };
  CHECK(run_with(folder, with({":::", "1", "2", "3"})).status == 0);
  CHECK(run_with(folder, with({":::", "1", "3"}), {"--resume"}).status == 0);
  Command cut = prun_command(with({"-", "--resume", "--journal", folder.journal(), "--deadline", "0.3s"}), "1\n3\n7\n");
  cut.keep_input_open = true;
  const Result early = run_command(std::move(cut));
  INFO(early);
  CHECK(contains(early.err, "the input has changed: 2 tasks reused, 1 new\n"));
  const Result summary = run_prun({"journal", folder.journal()});
  INFO(summary);
  CHECK(contains(summary.out, "tasks: 3 read (the input was not read to its end): 2 succeeded"));
  folder.write("go", "");
  const Result again = run_prun({"retry", folder.journal(), "--partial"});
  INFO(again);
  CHECK(again.status == 0);
  CHECK(again.out == "1\n3\n7\n");
}

TEST_CASE("an input that has become empty leaves nothing to retry") {
  const JournalFolder folder;
  const std::vector<std::string> command{"imap", "identity", "-", "--format", "{result}"};
  CHECK(run_with(folder, command, {}, "1\n2\n").out == "1\n2\n");
  CHECK(run_with(folder, command, {"--resume"}, "").status == 0);
  CHECK(run_prun({"retry", folder.journal()}).out.empty());
}

TEST_CASE("a range of any size can be followed by another input") {
  const JournalFolder folder;
  Process process(prun_command({"imap", "identity", "1..1000000000000", "--journal", folder.journal()}));
  REQUIRE(process.wait_for_lines(10));
  process.signal(SIGTERM);
  CHECK(process.wait().status == 143);
  const Result other = run_with(folder, {"imap", "identity", "5..7", "--format", "{result}"}, {"--resume"});
  INFO(other);
  CHECK(other.status == 0);
  CHECK(other.out == "5\n6\n7\n");
}

TEST_CASE("the journal of a prun that knew no hosts and no lists is read and continued") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "factorize", "6", "0"}).status == 1);
  {
    prun::journal::Database database(folder.journal(), SQLITE_OPEN_READWRITE);
    for (const char* statement : {"DROP VIEW results", "DROP VIEW failures", "ALTER TABLE attempts DROP COLUMN host",
                                  "DROP TABLE lists", "DROP TABLE made", "DROP TABLE inputs"})
      database.execute(statement);
  }
  CHECK(contains(run_prun({"journal", folder.journal()}).out, "tasks: 2: 1 succeeded, 1 failed, 0 missing"));
  CHECK(run_prun({"report", folder.journal(), folder.file("report.html")}).status == 0);
  CHECK(run_prun({"trace", folder.journal(), folder.file("trace.json")}).status == 0);
  CHECK(run_with(folder, {"imap", "factorize", "6", "0", "8"}, {"--resume"}).status == 1);
  prun::journal::Database database(folder.journal(), SQLITE_OPEN_READONLY);
  CHECK(database.integer("SELECT count(*) FROM results WHERE host IS NULL") == 2);
}

TEST_CASE("a journal of a Python program takes no tasks of prun's command") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "identity", "1"}).status == 0);
  {
    prun::journal::Database database(folder.journal(), SQLITE_OPEN_READWRITE);
    database.execute("UPDATE runs SET mode = 'python'");
  }
  const Result refused = run_with(folder, {"imap", "identity", "1"}, {"--resume"});
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "was recorded by a Python program; use another file name"));
}

TEST_CASE("a function that is gone with its tasks does not keep prun retry from the others") {
  const JournalFolder folder;
  CHECK(run_prun({"--journal", folder.journal(), "--once", "echo a{}", ":::", "1"}).status == 0);
  CHECK(run_prun({"--journal", folder.journal(), "--once", "echo b{}", ":::", "1"}).out == "b1\n");
  const Result again = run_prun({"retry", folder.journal()});
  INFO(again);
  CHECK(again.status == 0);
  CHECK(again.out == "b1\n");
}

TEST_CASE("a run with a changed input runs only new tasks in every mode and chunk size") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "fib", "1..30"}).status == 0);
  for (const std::string mode : {"map", "imap", "imap_unordered"}) {
    const Result result = run_with(
        folder, {mode, "fib", "5..32", "40..1..3", "7", "--chunksize", "4", "--output", "jsonl"}, {"--resume"});
    INFO(result);
    std::vector<int> inputs;
    for (const auto& line : json_lines(result.out)) {
      inputs.push_back(line.at("args").at(0));
      CHECK(line.at("result") == fib(inputs.back()));
    }
    std::sort(inputs.begin(), inputs.end());
    CHECK(inputs.size() == 28 + 14 + 1);
  }
}

TEST_CASE("prun retry of a changed input runs the tasks of the last one") {
  const JournalFolder folder;
  const std::vector<std::string> command{"imap", "-j1", "--output", "raw", "--sh", "echo {}; test {} != b", "-"};
  CHECK(run_with(folder, command, {}, "a\nb\nc\n").status == 1);
  CHECK(run_with(folder, command, {"--resume"}, "x\nb\na\n").out == "x\nb\na\n");
  const Result again = run_prun({"retry", folder.journal()});
  INFO(again);
  CHECK(again.out == "x\nb\na\n");
  CHECK(again.status == 1);
}

TEST_CASE("a killed run with a changed input continues like any other") {
  const JournalFolder folder;
  const std::vector<std::string> run{"imap", "-j", "2", "--output", "raw", "--sh", gated(folder, 6), "-"};
  open_gate(folder);
  CHECK(run_with(folder, run, {}, "1\n2\n3\n").status == 0);
  std::filesystem::remove(folder.file("gate"));
  std::vector<std::string> changed = run;
  changed.push_back("--resume");
  {
    Process first(prun_command(
        [&] {
          auto words = changed;
          words.insert(words.end(), {"--journal", folder.journal()});
          return words;
        }(),
        "3\n4\n1\n5\n7\n8\n"));
    REQUIRE(first.wait_until([&] { return folder.recorded() == 5; }));
    first.signal(SIGKILL);
    static_cast<void>(first.wait());
  }
  open_gate(folder);
  const Result result = run_with(folder, run, {"--resume"}, "3\n4\n1\n5\n7\n8\n");
  CHECK(result.out == "result of 3\nresult of 4\nresult of 1\nresult of 5\nresult of 7\nresult of 8\n");
  std::vector<std::string> traced = folder.traced();
  CHECK(std::set<std::string>(traced.begin(), traced.end()).size() == 7);
  CHECK(std::count(traced.begin(), traced.end(), "4") == 1);
}
