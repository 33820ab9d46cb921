// Tasks that want the terminal: they fail at once instead of being stopped for ever, or get it with --tty.
#include "prun_support.hpp"

#include "command/command_words.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Runs prun on a pseudo-terminal of its own, by script(1).
Result on_a_terminal(std::vector<std::string> arguments, std::string typed = {}) {
  arguments.insert(arguments.begin(), prun_binary());
  Command command;
  command.arguments = {"script", "-qec", prun::command::join_words(arguments), "/dev/null"};
  command.input = std::move(typed);
  return run_command(std::move(command));
}

}  // namespace

TEST_CASE("a command that reads from the terminal fails at once, with its name in the message") {
  const Result result = on_a_terminal({"imap", "--sh", "read x </dev/tty; : {}", "1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 1);
  CHECK(contains(
      result.out,
      "read x </dev/tty; : 1: tried to use the terminal and was terminated; use --tty to give it the terminal"));
}

TEST_CASE("a Python function that asks for a password fails at once") {
  const TemporaryFile code("import getpass\ndef ask(x):\n    return getpass.getpass()\n", ".py");
  const Result result = on_a_terminal({"imap", "-j", "1", code.path() + ":ask", "1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 1);
  CHECK(contains(result.out, "ask(1): tried to use the terminal, which tasks do not have"));
}

TEST_CASE("with --tty a command reads from the terminal") {
  const Result result = on_a_terminal({"imap", "--tty", "--sh", "read x; echo got:$x {}", "1"}, "hello\n");
  INFO(result);
  CHECK(result.status == 0);
  CHECK(contains(result.out, "got:hello 1"));
}

TEST_CASE("--tty runs one command at a time with prun's own output") {
  CHECK(run_prun({"imap", "--tty", "-j", "2", "--cmd", "true", "1"}).status == 2);
  CHECK(run_prun({"imap", "--tty", "--tag", "--cmd", "true", "1"}).status == 2);
}
