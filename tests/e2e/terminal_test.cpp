// Tasks that want the terminal: they fail at once instead of being stopped for ever, or get it with --tty.
#include "prun_support.hpp"
#include "support/program.hpp"
#include "support/pseudo_terminal.hpp"

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

TEST_CASE("a command that changes the terminal fails at once too") {
  const Result result = on_a_terminal({"imap", "--sh", "stty -echo </dev/tty; : {}", "1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(contains(result.out, "tried to use the terminal and was terminated"));
}

TEST_CASE("a Python function that asks for a password fails at once") {
  const TemporaryFile code("import getpass\ndef ask(x):\n    return getpass.getpass()\n", ".py");
  const Result result = on_a_terminal({"imap", "-j", "1", code.path() + ":ask", "1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 1);
  CHECK(contains(result.out, "ask(1): tried to use the terminal, which tasks do not have"));
}

TEST_CASE("an editor that takes keys from its standard error fails instead of waiting for ever") {
  const std::string message = ": tried to use the terminal and was terminated; use --tty to give it the terminal";
  const Result result = run_prun({"imap", "--sh", "exec 0<&2; exec sleep 300; : {}", "1"});
  INFO(result);
  CHECK(result.status == 1);
  CHECK(contains(result.err, message));
  if (!has_program("vim")) return;
  const Result editor = on_a_terminal({"imap", "--progress=none", "--cmd", "vim -n -u NONE {}", "1"});
  INFO(editor);
  CHECK(contains(editor.out, "use --tty to give it the terminal"));
}

TEST_CASE("with --tty a command reads from the terminal") {
  const Result result = on_a_terminal({"imap", "--tty", "--sh", "read x; echo got:$x {}", "1"}, "hello\n");
  INFO(result);
  CHECK(result.status == 0);
  CHECK(contains(result.out, "got:hello 1"));
}

TEST_CASE("with --tty in the background, prun stops until it is in the foreground, as a read from the terminal does") {
  PseudoTerminal terminal({"/bin/bash", "--norc", "-i"}, {{"PS1", "> "}, {"HISTFILE", ""}});
  terminal.type(prun_binary() + " imap --tty --progress=none --sh 'echo got {}' 1 &\n");
  REQUIRE(terminal.wait_until([&] { return terminal.bytes().find("[1]") != std::string::npos; }));
  terminal.type("until jobs -s | grep -q prun; do :; done; echo stop''ped\n");
  REQUIRE(terminal.wait_until([&] { return terminal.bytes().find("stopped\r\n") != std::string::npos; }));
  CHECK(terminal.bytes().find("\ngot 1") == std::string::npos);
  terminal.type("fg\n");
  REQUIRE(terminal.wait_until([&] { return terminal.bytes().find("\ngot 1") != std::string::npos; }));
  terminal.type("exit 5\n");
  CHECK(terminal.wait() == 5);
}

TEST_CASE("with --tty in the background, where prun cannot be stopped, the error says what to do") {
  PseudoTerminal terminal({"/bin/bash", "--norc", "-i"}, {{"PS1", "> "}, {"HISTFILE", ""}, {"NO_COLOR", "1"}});
  terminal.type("(trap '' TTIN; exec " + prun_binary() + " imap --tty --progress=none --sh true 1) &\n");
  REQUIRE(terminal.wait_until([&] {
    return contains(
        terminal.bytes(),
        "prun: prun is in the background and cannot use the terminal; run it in the foreground, or leave out --tty");
  }));
  terminal.type("exit 5\n");
  CHECK(terminal.wait() == 5);
}

TEST_CASE("with --tty Ctrl-C interrupts the command, and no other command starts") {
  std::vector<std::string> arguments{
      prun_binary(), "imap", "--tty", "--progress=none", "--sh", "echo x{}; exec sleep 300", "1", "2", "3"};
  PseudoTerminal terminal(arguments, {{"NO_COLOR", "1"}});
  const auto shown = [&] {
    std::string text;
    for (const std::string& line : terminal.screen().lines()) text += line;
    return text;
  };
  REQUIRE(terminal.wait_until([&] { return contains(shown(), "x1"); }));
  terminal.type("\x03");
  CHECK(terminal.wait() == 130);
  CHECK_FALSE(contains(shown(), "x2"));
  CHECK(contains(shown(), "interrupted: 0 of 3 done"));
}

TEST_CASE("--tty runs one command at a time with prun's own output") {
  CHECK(run_prun({"imap", "--tty", "-j", "2", "--cmd", "true", "1"}).status == 2);
  CHECK(run_prun({"imap", "--tty", "--tag", "--cmd", "true", "1"}).status == 2);
}

namespace {

const std::vector<std::string> half_line_and_failure{
    "imap", "-j1", "--progress=none", "--sh", "printf half; exit {}", "3", "--output=raw"};

}  // namespace

TEST_CASE("on a terminal a failure is told on its own line, behind half a line of output") {
  std::vector<std::string> arguments = half_line_and_failure;
  arguments.insert(arguments.begin(), prun_binary());
  PseudoTerminal terminal(arguments, {{"NO_COLOR", "1"}});
  CHECK(terminal.wait() == 1);
  const auto lines = terminal.screen().lines();
  REQUIRE(lines.size() >= 2);
  CHECK(lines[0] == "half");
  CHECK(lines[1].starts_with("printf half; exit 3: "));
}

TEST_CASE("with 2>&1 a failure is told on its own line, behind half a line of output") {
  const TemporaryFile file("");
  for (const std::string& target : {std::string("/dev/stdout"), file.path()}) {
    Command command;
    command.arguments = {
        "/bin/sh", "-c",   R"(out=$1; shift; "$@" >"$out" 2>&1; [ "$out" = /dev/stdout ] || cat "$out")",
        "sh",      target, prun_binary()};
    command.arguments.insert(command.arguments.end(), half_line_and_failure.begin(), half_line_and_failure.end());
    const Result result = run_command(std::move(command));
    INFO(result);
    CHECK(result.out.starts_with("half\nprintf half; exit 3: "));
  }
}
