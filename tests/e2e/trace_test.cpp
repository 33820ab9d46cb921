// Traces: `--trace`, and `prun trace` of a journal. The formats themselves are tested in tests/trace.
#include "journal_support.hpp"
#include "status_support.hpp"

#include "support/program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;
using nlohmann::json;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<json> events(const json& trace, const std::string& phase, const std::string& category = {}) {
  std::vector<json> found;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == phase && (category.empty() || event["cat"] == category)) found.push_back(event);
  }
  return found;
}

}  // namespace

TEST_CASE("--trace writes each task and each chunk, and changes nothing that is printed") {
  const JournalFolder folder;
  const std::vector<std::string> tasks{"map", "fib", "1..39", "-j", "4", "--output", "raw"};
  std::vector<std::string> with_trace = tasks;
  with_trace.insert(with_trace.end(), {"--trace", folder.file("run.json")});
  const Result plain = run_prun(tasks);
  const Result run = run_prun(with_trace);
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == plain.out);
  CHECK(run.err.empty());
  const json trace = json::parse(content_of(folder.file("run.json")));
  std::set<std::string> calls;
  for (const json& task : events(trace, "X", "task")) calls.insert(task["name"]);
  CHECK(calls.size() == 39);
  CHECK(calls.contains("fib(39)"));
  CHECK(events(trace, "B", "chunk").size() == 13);
  CHECK(events(trace, "E").size() == 13);
  CHECK(trace["otherData"]["mode"] == "map");
  CHECK(trace["otherData"]["ending"] == "done");
}

TEST_CASE("a trace shows the retry of a task that lost its worker, and the memory of the workers") {
  const JournalFolder folder;
  const std::string once = "test -e " + folder.file("mark") + " || { touch " + folder.file("mark") + "; kill -9 $$; }";
  const Result run =
      run_prun({"map", "--sh", once, "--retries", "1", "--trace", folder.file("run.json"), ":::", "only"});
  INFO(run);
  CHECK(run.status == 0);
  const json trace = json::parse(content_of(folder.file("run.json")));
  const auto attempts = events(trace, "X", "task");
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0]["args"]["failure"] == "signal");
  CHECK(attempts[1]["args"]["attempt"] == 2);
  REQUIRE(events(trace, "s").size() == 1);
  REQUIRE(events(trace, "f").size() == 1);
  CHECK(events(trace, "s")[0]["id"] == events(trace, "f")[0]["id"]);
  bool memory = false;
  for (const json& counter : events(trace, "C")) {
    memory = memory || (counter["name"] == "memory" && counter["args"]["bytes"] > 100'000);
  }
  CHECK(memory);
}

TEST_CASE("results that wait for an earlier one are counted") {
  const JournalFolder folder;
  std::vector<std::string> words{"imap", "sleep", "-j", "2", "--trace", folder.file("run.json"), "2"};
  words.insert(words.end(), 20, "0");
  CHECK(run_prun(words).status == 0);
  std::uint64_t most = 0;
  for (const json& counter : events(json::parse(content_of(folder.file("run.json"))), "C")) {
    if (counter["name"] == "waiting for order") most = std::max(most, counter["args"]["tasks"].get<std::uint64_t>());
  }
  CHECK(most == 20);
}

TEST_CASE("an interrupted run leaves a whole trace with the calls that were running") {
  const JournalFolder folder;
  Process process(prun_command({"imap_unordered", "identity(1)", "sleep(300)", "sleep(301)", "-j", "2", "--format",
                                "{result}", "--trace", folder.file("run.json")}));
  REQUIRE(process.wait_for_lines(1));
  REQUIRE(says(process, "1 of 3 tasks done, 0 failed, 2 running"));
  process.signal(SIGINT);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 130);
  const json trace = json::parse(content_of(folder.file("run.json")));
  CHECK(trace["otherData"]["ending"] == "interrupted by SIGINT");
  std::set<std::string> running;
  for (const json& task : events(trace, "X", "task")) {
    if (!task["args"].value("ended", true)) running.insert(task["name"]);
  }
  CHECK(events(trace, "X", "task").at(0)["name"] == "identity(1)");
  CHECK(running == std::set<std::string>{"sleep(300)", "sleep(301)"});
}

TEST_CASE("a trace shows which commands were stopped because the run was interrupted") {
  const JournalFolder folder;
  Process process(prun_command({"imap_unordered", "--sh", "echo {} >&2; sleep {}", "-u", "--trace",
                                folder.file("run.json"), "-j", "2", ":::", "300", "301"}));
  REQUIRE(process.wait_until([&] { return lines_of(process.err()).size() == 2; }));
  process.signal(SIGINT);
  CHECK(process.wait().status == 130);
  std::set<std::string> stopped;
  for (const json& task : events(json::parse(content_of(folder.file("run.json"))), "X", "task"))
    stopped.insert(task["args"].value("failure", "none"));
  CHECK(stopped == std::set<std::string>{"interrupted"});
}

TEST_CASE("a compressed trace has the same events") {
  if (!has_program("gzip")) return;
  const JournalFolder folder;
  const Result run = run_prun({"map", "fib", "1..20", "--trace", folder.file("run.json.gz")});
  if (run.status == 2 && contains(run.err, "without zlib")) return;
  REQUIRE(run.status == 0);
  Command command;
  command.arguments = {"gzip", "-dc", folder.file("run.json.gz")};
  const Result text = run_command(std::move(command));
  CHECK(text.status == 0);
  CHECK(events(json::parse(text.out), "X", "task").size() == 20);
}

TEST_CASE("a trace that cannot be written is an error before any task runs") {
  const JournalFolder folder;
  const Result run = run_prun(
      {"map", "--sh", "echo ran >> " + folder.file("trace"), "--trace", folder.file("missing/run.json"), ":::", "1"});
  CHECK(run.status == 3);
  CHECK(run.err == "prun: cannot write the trace " + folder.file("missing/run.json") + ": No such file or directory\n");
  CHECK(folder.traced().empty());
}

TEST_CASE("a trace that does not fit on the disk is an error, and the results are still printed") {
  const Result run = run_prun({"map", "identity", "1..3", "--trace", "/dev/full"});
  INFO(run);
  CHECK(run.status == 3);
  CHECK(lines_of(run.out).size() == 3);
  CHECK(run.err == "prun: cannot write the trace /dev/full: No space left on device\n");
}

TEST_CASE("an earlier trace stays until the run has ended") {
  const TemporaryFile earlier("earlier");
  Process process(prun_command({"imap_unordered", "identity(1)", "sleep(300)", "-j", "2", "--trace", earlier.path()}));
  REQUIRE(process.wait_for_lines(1));
  CHECK(content_of(earlier.path()) == "earlier");
  process.signal(SIGINT);
  CHECK(process.wait().status == 130);
  CHECK(content_of(earlier.path()).starts_with("{"));
}

TEST_CASE("prun trace makes a trace from a journal, even if the run was killed") {
  const JournalFolder folder;
  run_and_kill(folder, {"imap", "sleep", "0.01", "0.01", "0.01", "0.01", "0.01", "60", "-j", "2"}, 3, SIGKILL);
  const std::size_t recorded = folder.recorded();
  const Result run = run_prun({"trace", folder.journal(), folder.file("run.json")});
  CHECK(run.status == 0);
  CHECK(run.err == "prun: wrote the trace " + folder.file("run.json") + "\n");
  const json trace = json::parse(content_of(folder.file("run.json")));
  CHECK(events(trace, "X", "task").size() == recorded);
  CHECK(trace["otherData"]["ending"] == "was killed");
  const Result printed = run_prun({"trace", folder.journal(), "-"});
  CHECK(printed.out == content_of(folder.file("run.json")));
  const Result unknown = run_prun({"trace", folder.journal(), "x.json", "--run", "7"});
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "has no run 7"));
}

TEST_CASE("a trace has the name of one of its formats") {
  const JournalFolder folder;
  REQUIRE(run_with(folder, {"map", "fib", "1..3"}).status == 0);
  for (const std::string name : {"x.png", "x.json.bz2", "x.JSON.GZ", "x.PFTRACE", "x.gz"}) {
    const std::string file = folder.file(name);
    for (const Result& refused :
         {run_prun({"map", "fib", "1..3", "--trace", file}), run_prun({"trace", folder.journal(), file})}) {
      INFO(refused);
      CHECK(refused.status == 2);
      CHECK(contains(refused.err, "cannot write the trace " + file + ": use a name that ends in .json or .pftrace"));
    }
    CHECK_FALSE(std::filesystem::exists(file));
  }
}

TEST_CASE("prun trace needs the name of the trace") {
  const Result run = run_prun({"trace", "run.db"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "prun trace run.db run.pftrace"));
}

TEST_CASE("with automatic chunks each task is in a chunk of its own worker, even if it was taken over") {
  const JournalFolder folder;
  const std::string file = folder.file("run.json");
  REQUIRE(run_prun({"map", "identity", "1..20000", "-j", "2", "--chunksize", "auto", "--trace", file}).status == 0);
  const json trace = json::parse(content_of(file));
  std::map<int, std::map<std::uint64_t, std::uint64_t>> chunks;  // of each track, from the first task on
  std::uint64_t in_chunks = 0;
  for (const json& chunk : events(trace, "B", "chunk")) {
    const std::uint64_t first = chunk["args"]["first_task"];
    const std::uint64_t tasks = chunk["args"]["tasks"];
    chunks[chunk["tid"]][first] = first + tasks;
    in_chunks += tasks;
  }
  CHECK(in_chunks == 20'000);
  std::uint64_t outside = 0;
  for (const json& task : events(trace, "X", "task")) {
    const std::uint64_t index = task["args"]["task"];
    const auto& own = chunks[task["tid"]];
    const auto after = own.upper_bound(index);
    if (after == own.begin() || std::prev(after)->second <= index) ++outside;
  }
  CHECK(outside == 0);
}
