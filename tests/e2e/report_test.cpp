// Reports: `--report`, and `prun report` of a journal. What a browser makes of a page is tested in tests/report.
#include "journal_support.hpp"
#include "prun_support.hpp"

#include "command/command_words.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The figure with that name, as the page has it for programs.
std::string figure(const std::string& page, const std::string& name) {
  const std::string before = "<dd id=\"" + name + "\"";
  const auto at = page.find(before);
  if (at == std::string::npos) return "";
  const auto from = page.find("value=\"", at) + 7;
  return page.substr(from, page.find('"', from) - from);
}

}  // namespace

TEST_CASE("--report writes a page, and a picture, and changes nothing that is printed") {
  const JournalFolder folder;
  const Result plain = run_prun({"imap", "identity", "1..20", "--output", "raw"});
  const Result run = run_prun({"imap", "identity", "1..20", "--output", "raw", "--report", folder.file("run.html"),
                               "--report", folder.file("run.svg")});
  CHECK(run.status == 0);
  CHECK(run.out == plain.out);
  CHECK(run.err.empty());
  const std::string page = content_of(folder.file("run.html"));
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(figure(page, "attempts") == "20");
  CHECK(figure(page, "succeeded") == "20");
  CHECK(contains(page, "imap identity 1..20"));
  CHECK(content_of(folder.file("run.svg")).starts_with("<svg"));
}

TEST_CASE("a report that cannot be written is an error before any task runs") {
  const JournalFolder folder;
  const Result run = run_prun(
      {"map", "--sh", "echo ran >> " + folder.file("trace"), "--report", folder.file("missing/run.html"), ":::", "1"});
  CHECK(run.status == 3);
  CHECK(contains(run.err, "cannot write the report"));
  CHECK(contains(run.err, "No such file or directory"));
  CHECK(folder.traced().empty());
}

TEST_CASE("a report that does not fit on the disk is an error, and the results are still printed") {
  const Result run = run_prun({"map", "identity", "1..3", "--report", "/dev/full"});
  INFO(run);
  CHECK(run.status == 3);
  CHECK(lines_of(run.out).size() == 3);
  CHECK(run.err == "prun: cannot write the report /dev/full: No space left on device\n");
}

TEST_CASE("a run that never begins leaves no report and no trace") {
  const JournalFolder folder;
  for (const std::vector<std::string>& run : {std::vector<std::string>{"nosuch", "1"}, {"fib", "a"}}) {
    std::vector<std::string> arguments{"map"};
    arguments.insert(arguments.end(), run.begin(), run.end());
    arguments.insert(arguments.end(), {"--report", folder.file("r.html"), "--trace", folder.file("t.json")});
    CHECK(run_prun(arguments).status == 2);
    CHECK_FALSE(std::filesystem::exists(folder.file("r.html")));
    CHECK_FALSE(std::filesystem::exists(folder.file("t.json")));
  }
}

TEST_CASE("a report has the name of a page or of a picture") {
  const JournalFolder folder;
  const std::string journal = folder.file("run.db");
  REQUIRE(run_prun({"map", "fib", "1..3", "--journal", journal, "--report", folder.file("a.htm")}).status == 0);
  CHECK(run_prun({"report", journal, folder.file("b")}).status == 0);
  for (const std::string name : {"x.pdf", "x.json", "x.html.gz"}) {
    const std::string file = folder.file(name);
    for (const Result& refused :
         {run_prun({"map", "fib", "1..3", "--report", file}), run_prun({"report", journal, file})}) {
      INFO(refused);
      CHECK(refused.status == 2);
      CHECK(contains(refused.err, "cannot write the report " + file + ": use a name that ends in .html or .htm"));
    }
    CHECK_FALSE(std::filesystem::exists(file));
  }
}

TEST_CASE("no other output replaces a journal") {
  const JournalFolder folder;
  const std::string journal = folder.file("run");
  REQUIRE(run_prun({"map", "fib", "1..3", "--journal", journal}).status == 0);
  const auto keeps = [&](std::vector<std::string> arguments, const std::string& why = {}) {
    const Result run = run_prun(std::move(arguments));
    INFO(run);
    CHECK(run.status == (why.empty() ? 3 : 2));
    CHECK(contains(run.err,
                   why.empty() ? journal + ": it is a journal or another SQLite database; choose another name" : why));
    CHECK(run_prun({"journal", journal}).out.find("tasks: 3: 3 succeeded") != std::string::npos);
  };
  keeps({"report", journal, journal});
  keeps({"trace", journal, journal});
  for (const std::string output : {"--report", "--trace", "--joblog"}) {
    keeps({"map", "fib", "1..3", output, journal});
    keeps({"map", "fib", "1..3", "--journal", journal, "--resume", output, journal},
          "are the same file: choose another name for " + output + '\n');
  }
}

TEST_CASE("prun report writes the page beside the journal or to the given file") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"map", "identity", "1..30"}).status == 0);
  const Result run = run_prun({"report", folder.journal()});
  CHECK(run.status == 0);
  CHECK(run.err == "prun: wrote the report " + folder.file("run.html") + "\n");
  CHECK(figure(content_of(folder.file("run.html")), "attempts") == "30");
  const Result printed = run_prun({"report", folder.journal(), "-"});
  CHECK(printed.status == 0);
  CHECK(printed.err.empty());
  CHECK(printed.out == content_of(folder.file("run.html")));
}

TEST_CASE("the report of a halted run tells stopped tasks from those that did not run") {
  const JournalFolder folder;
  const std::string go = folder.file("go");
  const std::string script =
      "if [ $1 = 0 ]; then until [ -e " + go + " ]; do sleep 0.01; done; exit 1; fi; touch " + go + "; sleep 60";
  const Result run = run_with(folder, {"map", "-j2", "--halt", "now,fail=1", "-v", "--sh", script, "0", "1", "2", "3"},
                              {"--report", folder.file("now.html")});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(contains(run.err, "prun: 4 tasks: 0 succeeded, 1 failed, 1 stopped, 2 not run; "));
  const std::string page = content_of(folder.file("now.html"));
  CHECK(figure(page, "failed") == "1");
  CHECK(figure(page, "stopped") == "1");
  CHECK(figure(page, "not-run") == "2");
  CHECK(figure(page, "retried").empty());
}

TEST_CASE("the report of a killed run says so, and has the recorded tasks") {
  const JournalFolder folder;
  run_and_kill(folder, {"imap", "sleep", "0.01", "0.01", "0.01", "0.01", "0.01", "60", "-j", "2"}, 3, SIGKILL);
  const std::size_t recorded = folder.recorded();
  CHECK(run_prun({"report", folder.journal()}).status == 0);
  const std::string page = content_of(folder.file("run.html"));
  CHECK(contains(page, "The run was killed: " + std::to_string(recorded) + " "));
  CHECK_FALSE(contains(page, "Workers were idle"));
  CHECK(figure(page, "attempts") == std::to_string(recorded));
}

TEST_CASE("a report is about the last run of a journal that ran a task, or about the one that is named") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"imap", "--sh", "exit {}", ":::", "0", "1"}).status == 1);
  CHECK(run_with(folder, {"imap", "--sh", "exit {}", ":::", "0", "1"}, {"--resume-failed"}).status == 1);
  CHECK(run_with(folder, {"imap", "--sh", "exit {}", ":::", "0", "1"}, {"--resume"}).status == 1);  // runs nothing
  CHECK(run_prun({"report", folder.journal()}).status == 0);
  const std::string last = content_of(folder.file("run.html"));
  CHECK(figure(last, "attempts") == "1");
  CHECK(figure(last, "recalled") == "1");
  CHECK(run_prun({"report", folder.journal(), "--run", "1"}).status == 0);
  CHECK(figure(content_of(folder.file("run.html")), "attempts") == "2");
  const Result unknown = run_prun({"report", folder.journal(), "--run", "7"});
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "has no run 7; its runs are 1 to 3"));
}

TEST_CASE("after a run on a terminal, one line names a faster choice") {
  std::vector<std::string> slow{prun_binary(), "imap", "sleep", "-j", "2", "--chunksize", "8"};
  slow.insert(slow.end(), 8, "0.3");  // one worker has them all
  Command command;
  command.arguments = {"script", "-qec", prun::command::join_words(slow), "/dev/null"};
  const Result result = run_command(std::move(command));
  INFO(result);
  CHECK(result.status == 0);
  CHECK(contains(result.out, "prun: workers were idle "));
  CHECK(contains(result.out, "% of the time: the default chunk size would have taken about "));
  slow.erase(slow.begin());
  CHECK(run_prun(slow).err.empty());
}
