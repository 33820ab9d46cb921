// Progress as a user sees it: on a real pseudo-terminal, in tmux, and on a descriptor.
#include "prun_support.hpp"
#include "support/pseudo_terminal.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace prun::test;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// A file for which commands wait.
class Gate {
 public:
  Gate() { std::filesystem::remove(file_.path()); }
  void open() const { std::ofstream(file_.path()) << "go\n"; }
  /// A script that prints the input, and then, for the inputs from 3 on, waits for the gate.
  [[nodiscard]] std::string script() const {
    return "echo result-{}; [ {} -lt 3 ] || until [ -e " + file_.path() + " ]; do sleep 0.01; done";
  }

 private:
  TemporaryFile file_{"", ".gate"};
};

std::vector<std::string> gated(const Gate& gate, std::vector<std::string> options) {
  std::vector<std::string> arguments{prun_binary(), "imap", "-j", "2", "--sh", gate.script(), "1..4"};
  arguments.insert(arguments.begin() + 2, options.begin(), options.end());
  return arguments;
}

constexpr std::string_view half_done = "[ 2/4  50%] 2 running";

std::string state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.empty() ? "" : text.substr(text.rfind(')') + 2, 1);
}

}  // namespace

TEST_CASE("the bar is below the results, and disappears when the run ends") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--progress=bar"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done) && terminal.shows("result-2"); }));
  const auto lines = terminal.screen().lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "result-1");
  CHECK(lines[1] == "result-2");
  gate.open();
  CHECK(terminal.wait() == 0);
  CHECK(terminal.screen().lines() == std::vector<std::string>{"result-1", "result-2", "result-3", "result-4"});
  CHECK(terminal.screen().strange().empty());
}

TEST_CASE("without an option a run draws the bar on a terminal") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {}));
  CHECK(terminal.wait_until([&] { return terminal.shows(half_done); }));
  gate.open();
  CHECK(terminal.wait() == 0);
}

TEST_CASE("rows show running tasks with their last line of output") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--progress=rows"}));
  CHECK(terminal.wait_until([&] { return contains(terminal.bytes(), "| result-3"); }));
  gate.open();
  CHECK(terminal.wait() == 0);
  CHECK(terminal.screen().lines().size() == 4);
}

TEST_CASE("lines that commands write immediately appear complete above the bar") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--progress=bar", "--line-buffer"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done) && terminal.screen().lines().size() == 5; }));
  gate.open();
  CHECK(terminal.wait() == 0);
  auto lines = terminal.screen().lines();
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"result-1", "result-2", "result-3", "result-4"});
}

TEST_CASE("nothing is drawn over a large output that is printed while the task runs") {
  PseudoTerminal terminal(
      {prun_binary(), "imap", "-j", "2", "--progress=bar", "--sh", "yes line-{} | head -n 300000; sleep 0.3", "1..3"});
  CHECK(terminal.wait() == 0);
  const auto lines = terminal.screen().lines();
  std::vector<std::string> others;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(others),
               [](const std::string& line) { return line.size() != 6 || !line.starts_with("line-"); });
  CAPTURE(others.empty() ? std::string() : others.front());
  CHECK(others.empty());
  REQUIRE(lines.size() == 900'000);
  CHECK(std::count(lines.begin(), lines.end(), "line-1") == 300'000);
  CHECK(std::count(lines.begin(), lines.end(), "line-3") == 300'000);
}

TEST_CASE("SIGUSR1 prints a status above the bar") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--bar"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done); }));
  ::kill(terminal.pid(), SIGUSR1);
  REQUIRE(terminal.wait_until([&] { return terminal.shows("prun: 2 of 4 tasks done, 0 failed, 2 running"); }));
  CHECK(terminal.wait_until([&] { return terminal.screen().lines().back().starts_with(half_done); }));
  gate.open();
  CHECK(terminal.wait() == 0);
}

TEST_CASE("a terminal that becomes narrow gets a short bar") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--eta"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done); }));
  terminal.resize(10, 24);
  CHECK(terminal.wait_until([&] { return terminal.screen().lines().back() == "2/4"; }));
  gate.open();
  CHECK(terminal.wait() == 0);
}

TEST_CASE("Ctrl-Z clears the bar, and SIGCONT draws it again") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--progress=bar"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done); }));
  terminal.type("\x1a");
  REQUIRE(terminal.wait_until([&] { return state_of(terminal.pid()) == "T"; }));
  CHECK(terminal.wait_until([&] { return !terminal.shows("[ "); }));
  ::kill(terminal.pid(), SIGCONT);
  CHECK(terminal.wait_until([&] { return terminal.shows(half_done); }));
  gate.open();
  CHECK(terminal.wait() == 0);
}

TEST_CASE("a killed run leaves a terminal in the state in which it was") {
  const Gate gate;
  PseudoTerminal terminal(gated(gate, {"--progress=rows"}));
  REQUIRE(terminal.wait_until([&] { return terminal.shows(half_done); }));
  ::kill(terminal.pid(), SIGKILL);
  CHECK(terminal.wait() == 137);
  CHECK(terminal.screen().strange().empty());  // no hidden cursor, no scroll region
}

TEST_CASE("a dumb terminal gets no escape sequence") {
  PseudoTerminal terminal({prun_binary(), "imap", "--progress=bar", "--sh", "sleep 0.3; echo {}", "1"},
                          {{"TERM", "dumb"}});
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(contains(terminal.bytes(), "\x1b"));
}

TEST_CASE("no bar is drawn over commands that write to the terminal themselves") {
  PseudoTerminal terminal({prun_binary(), "imap", "--progress=bar", "--ungroup", "--sh", "sleep 0.3; echo {}", "1"});
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(contains(terminal.bytes(), "\x1b"));
}

TEST_CASE("progress goes to a descriptor as objects of JSON") {
  const TemporaryFile file("", ".jsonl");
  Command command;
  command.arguments = {"sh", "-c", "exec \"$0\" imap --progress-fd 3 identity 1..3 3>\"$1\"", prun_binary(),
                       file.path()};
  const Result result = run_command(std::move(command));
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  std::ifstream in(file.path());
  const auto objects = json_lines(std::string((std::istreambuf_iterator<char>(in)), {}));
  REQUIRE(objects.size() >= 2);
  CHECK(objects.front()["v"] == 1);
  CHECK(objects.back()["done"] == 3);
  CHECK(objects.back()["total"] == 3);
  CHECK(objects.back()["end"] == true);
}

TEST_CASE("options of the progress are checked") {
  const Result closed = run_prun({"imap", "--progress-fd", "77", "identity", "1"});
  CHECK(closed.status == 2);
  CHECK(contains(closed.err, "--progress-fd 77: the descriptor is not open for writing"));
  const Result negative = run_prun({"imap", "--progress-fd", "-1", "identity", "1"});
  CHECK(negative.status == 2);
  CHECK(contains(negative.err, "--progress-fd takes the number of an open descriptor, such as 3, not '-1'"));
  const Result unknown = run_prun({"imap", "--progress=dots", "identity", "1"});
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "--progress takes auto, bar, rows, plain, json or none, not 'dots'"));
  CHECK(run_prun({"imap", "--total", "0", "identity", "1"}).status == 2);
}

TEST_CASE("--progress without a style does not take the next word") {
  const Result result = run_prun({"imap", "--progress", "identity", "7", "--output", "raw"});
  CHECK(result.status == 0);
  CHECK(result.out == "7\n");
  CHECK(result.err.empty());
}

TEST_CASE("in tmux the bar is below the results, even in a pane that becomes narrow") {
  if (std::system("command -v tmux >/dev/null 2>&1") != 0) {
    MESSAGE("SKIPPED: tmux is not installed");
    return;
  }
  const Gate gate;
  const std::string socket = "prun-test-" + std::to_string(::getpid());
  const auto tmux = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"tmux", "-f", "/dev/null", "-L", socket});
    Command command;
    command.arguments = std::move(words);
    return run_command(std::move(command));
  };
  std::vector<std::string> start{"new-session", "-d", "-x", "100", "-y", "10"};
  for (std::string& word : gated(gate, {"--progress=bar"})) start.push_back(std::move(word));
  REQUIRE(tmux(std::move(start)).status == 0);
  const auto pane_becomes = [&](const std::function<bool(const std::vector<std::string>&)>& done) {
    std::string text;
    for (int looks = 0; looks < 2000; ++looks) {
      text = tmux({"capture-pane", "-p", "-S", "-"}).out;
      auto lines = lines_of(text);
      while (!lines.empty() && lines.back().empty()) lines.pop_back();
      if (done(lines)) return true;
    }
    MESSAGE(text);
    return false;
  };
  CHECK(pane_becomes([](const auto& lines) {
    return lines.size() == 3 && lines[0] == "result-1" && lines[1] == "result-2" && lines[2].starts_with(half_done);
  }));
  tmux({"resize-window", "-x", "11", "-y", "10"});
  // tmux wraps the old bar, and leaves the cursor behind it: some of it may stay above the new one.
  CHECK(pane_becomes([](const auto& lines) {
    return lines.size() >= 3 && lines[0] == "result-1" && lines[1] == "result-2" && lines.back() == "2/4";
  }));
  tmux({"kill-server"});
}
