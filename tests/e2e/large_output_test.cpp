// Outputs of commands too large for memory: kept in files until their turn, or written by the task itself when it is its turn.
#include "prun_support.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t large = 3'000'000;

/// Files that scripts wait for.
class Gates {
 public:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string wait_for(const std::string& name) const {
    return "while [ ! -e " + path(name) + " ]; do sleep 0.01; done";
  }
  void open(const std::string& name) const { std::ofstream(path(name)) << ""; }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

 private:
  Folder folder_;
};

/// So many bytes of one letter, without a newline.
std::string letters(const std::string& letter, std::size_t count = large) {
  return "head -c " + std::to_string(count) + " /dev/zero | tr '\\000' " + letter;
}

std::string lines(std::size_t count = large) { return "yes | head -c " + std::to_string(count); }

}  // namespace

TEST_CASE("large outputs are printed complete and in order") {
  for (const std::string mode : {"map", "imap"}) {
    const Result result = run_prun({mode, "-j", "3", "--sh", letters("{}"), ":::", "a", "b", "c", "d"});
    CHECK(result.status == 0);
    CHECK(result.out ==
          std::string(large, 'a') + std::string(large, 'b') + std::string(large, 'c') + std::string(large, 'd'));
  }
}

TEST_CASE("the task that is next in output order prints while it runs") {
  const Gates gates;
  Process process(prun_command({"imap", "-j", "2", "--sh", letters("{}") + "; " + gates.wait_for("end"), "a", "b"}));
  REQUIRE(process.wait_until([&] { return process.out().size() == large; }));
  gates.open("end");
  const Result result = process.wait();
  CHECK(result.status == 0);
  CHECK(result.out == std::string(large, 'a') + std::string(large, 'b'));
}

TEST_CASE("output of a task that was stored in a file is printed before the rest") {
  const Gates gates;
  const std::string second =
      letters("b") + "; touch " + gates.path("kept") + "; " + gates.wait_for("rest") + "; " + letters("c");
  Process process(
      prun_command({"submit", "-j", "2", "--sh", "eval {}", gates.wait_for("first") + "; echo a", second, "echo d"}));
  REQUIRE(process.wait_until([&] { return gates.has("kept"); }));
  CHECK(process.out().empty());
  gates.open("first");
  REQUIRE(process.wait_for_lines(1));
  gates.open("rest");
  const Result result = process.wait();
  CHECK(result.status == 0);
  CHECK(result.out == "a\n" + std::string(large, 'b') + std::string(large, 'c') + "d\n");
}

TEST_CASE("small outputs are printed whole, when the command has ended") {
  const Gates gates;
  Process process(prun_command({"imap", "-j", "2", "--sh", "eval {}",
                                "echo a; touch " + gates.path("begun") + "; " + gates.wait_for("end"), "echo b"}));
  REQUIRE(process.wait_until([&] { return gates.has("begun"); }));
  CHECK(process.out().empty());
  gates.open("end");
  CHECK(process.wait().out == "a\nb\n");
}

TEST_CASE("interrupted in the middle of its output, a task does not break another's line") {
  const Gates gates;
  Process process(prun_command(
      {"imap", "-j", "2", "--sh", "eval {}", letters("a") + "; sleep 300", "echo b; touch " + gates.path("done")}));
  REQUIRE(process.wait_until([&] { return process.out().size() == large && gates.has("done"); }));
  const Witness children(descendants_of(process.pid()));
  process.signal(SIGINT);
  const Result result = process.wait();
  CHECK(result.status == 130);
  CHECK(result.out.starts_with(std::string(large, 'a') + "\n"));
  CHECK(children.all_ended_within(1s));
}

TEST_CASE("a worker killed in the middle of its task's output does not break the next line") {
  const Gates gates;
  const std::string script = "echo $PPID > " + gates.path("worker") + "; " + letters("a") + "; sleep 300";
  Process process(prun_command({"imap", "-j", "1", "--sh", "eval {}", script, "echo b"}));
  REQUIRE(process.wait_until([&] { return process.out().size() == large; }));
  pid_t worker = 0;
  std::ifstream(gates.path("worker")) >> worker;
  REQUIRE(worker > 1);
  CHECK(::kill(worker, SIGKILL) == 0);
  const Result result = process.wait();
  CHECK(result.status == 1);
  CHECK(result.out == std::string(large, 'a') + "\nb\n");
  CHECK(result.err.find("SIGKILL") != std::string::npos);
}

TEST_CASE("a timeout in the middle of an output") {
  const Result result =
      run_prun({"imap", "-j", "1", "--timeout", "500ms", "--sh", "eval {}", letters("a") + "; sleep 300", "echo b"});
  CHECK(result.status == 1);
  CHECK(result.out == std::string(large, 'a') + "\nb\n");
}

TEST_CASE("a retried task is printed once") {
  const Gates gates;
  const std::string script =
      lines() + "; [ -e " + gates.path("tried") + " ] || { touch " + gates.path("tried") + "; kill -9 $$; }";
  const Result result = run_prun({"imap", "--retries", "1", "--sh", script, "1"});
  CHECK(result.status == 0);
  CHECK(result.out.size() == large);
}

TEST_CASE("an output that is opened to append gets large outputs too") {
  const Gates gates;
  const std::string file = gates.path("file");
  Command command{
      {"/bin/sh", "-c", "echo first > \"$1\"; \"$0\" imap --sh '" + lines() + "' 1 2 >> \"$1\"", prun_binary(), file}};
  CHECK(run_command(std::move(command)).status == 0);
  CHECK(std::filesystem::file_size(file) == 6 + 2 * large);
}

TEST_CASE("a reader that goes away in the middle of a large output ends the run") {
  Process process(prun_command({"imap", "--cmd", "yes", "1", "2"}));
  REQUIRE(process.wait_until([&] { return process.out().size() >= large; }));
  process.close_output();
  CHECK_FALSE(process.wait().timed_out);
}

TEST_CASE("a disk that is full in the middle of a large output is an error") {
  Command command{{"/bin/sh", "-c", "\"$0\" imap --sh '" + lines() + "' 1 2 > /dev/full", prun_binary()}};
  const Result result = run_command(std::move(command));
  CHECK(result.status == 3);
  CHECK(result.err.find("No space left on device") != std::string::npos);
}
