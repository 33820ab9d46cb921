// Foreign text in messages - words of the command line, names of files, inputs, what programs and journals say - cannot steer the
// terminal that the messages are shown on.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace prun::test;

namespace {

/// A title, a colour, a C1 control, a carriage return, a line break, a change of direction, a deletion.
const std::string hostile = "w\x1b]0;title\x07\x1b[31m\xc2\x9b\rx\nINJECTED\xe2\x80\xae\x7fz";

/// What in `text` is a control character, or changes the direction of writing; empty: nothing.
std::string control_in(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f || c1 || text.substr(i).starts_with("\xe2\x80\xae"))
      return std::string(text.substr(i, 12));
  }
  return text.find("\nINJECTED") == std::string_view::npos ? "" : "a line of its own";
}

struct Case {
  const char* what;
  std::vector<std::string> arguments;
  std::string input{};
  std::string make_flags{};
};

void check_messages(const Case& one) {
  Command command = prun_command(one.arguments, one.input);
  command.environment = {{"TZ", "UTC"}, {"MAKEFLAGS", one.make_flags}};
  const Result result = run_command(std::move(command));
  CAPTURE(one.what);
  CAPTURE(result);
  CHECK_FALSE(result.timed_out);
  CHECK(control_in(result.err) == "");
  CHECK(contains(result.err, "INJECTED"));  // or else it did not come there
}

std::string in_json(const std::string& text) { return nlohmann::json(text).dump(); }

}  // namespace

TEST_CASE("errors about a command line have only printable characters") {
  const std::string& w = hostile;
  const std::vector<Case> cases{
      {"option", {"map", "--" + w}},
      {"short option", {"map", "-" + w}},
      {"help topic", {"help", w}},
      {"jobs", {"map", "-j", w, "fib", "1"}},
      {"chunk size", {"map", "-c", w, "fib", "1"}},
      {"tasks per child", {"map", "--max-tasks-per-child", w, "fib", "1"}},
      {"seed", {"map", "--seed", w, "fib", "1"}},
      {"buffer size", {"map", "--buffersize", w, "fib", "1"}},
      {"buffer bytes", {"map", "--buffer-bytes", w, "fib", "1"}},
      {"retries", {"map", "--retries", w, "fib", "1"}},
      {"kinds of retries", {"map", "--retries", "1", "--retry-on", w, "fib", "1"}},
      {"retry delay", {"map", "--retries", "1", "--retry-delay", w, "fib", "1"}},
      {"timeout", {"map", "--timeout", w, "fib", "1"}},
      {"deadline", {"map", "--deadline", w, "fib", "1"}},
      {"halt", {"map", "--halt", w, "fib", "1"}},
      {"CPU limit", {"map", "--cpu-limit", w, "fib", "1"}},
      {"memory limit", {"map", "--memory-limit", w, "fib", "1"}},
      {"stack size", {"map", "--stack-size", w, "fib", "1"}},
      {"nice", {"map", "--nice", w, "fib", "1"}},
      {"delay", {"map", "--delay", w, "fib", "1"}},
      {"load", {"map", "--max-load", w, "fib", "1"}},
      {"free memory", {"map", "--min-free-memory", w, "fib", "1"}},
      {"admission", {"map", "--admit", w, "fib", "1"}},
      {"jobserver style", {"map", "--jobserver-style", w, "fib", "1"}},
      {"output", {"map", "--output", w, "fib", "1"}},
      {"template", {"map", "--format", "{" + w + "}", "fib", "1"}},
      {"log level", {"map", "--log-level", w, "fib", "1"}},
      {"max args", {"map", "-n", w, "--cmd", "true", "1"}},
      {"block", {"map", "--pipe", "--block", w, "--cmd", "true"}},
      {"quotes", {"map", "--cmd", "'" + w, "1"}},
      {"separator", {"map", "--colsep", "[" + w, "--cmd", "true", "1"}},
      {"output of functions", {"functions", "--output", w}},
      {"output of a journal", {"journal", "run.db", "--output", w}},
      {"project", {"new", "plugin", w}},
  };
  for (const Case& one : cases) check_messages(one);
}

TEST_CASE("errors about functions, files and inputs have only printable characters") {
  const std::string& w = hostile;
  const JournalFolder folder;
  std::ofstream(folder.file("f.py")) << "def f(x):\n    raise ValueError(x)\n\ndef "
                                     << "g(x):\n    return x\n";
  std::ofstream(folder.file("broken.py")) << "raise ValueError(" << in_json(w) << ")\n";
  const std::string python = folder.file("f.py");
  const std::vector<Case> cases{
      {"function", {"map", w, "1"}},
      {"word of an argument", {"map", "fib", w}},
      {"call", {"submit", "fib(" + w}},
      {"function of a call", {"submit", w + "(1)"}},
      {"task file", {"map", "--tasks", w}},
      {"argument file", {"map", "--cmd", "true", "-a", w}},
      {"argument file behind ::::", {"map", "--cmd", "true", "::::", w}},
      {"program", {"map", "--cmd", "'/nowhere/" + w + "'", "1"}},
      {"program of a task", {"map"}, "{\"cmd\": [" + in_json("/nowhere/" + w) + "]}\n"},
      {"input of a command that fails", {"map", "--sh", "false {}", w}},
      {"script that fails", {"map", "--sh", "false '" + w + "' {}", "1"}},
      {"words of a command that fails", {"map", "--", "false", "{}", ":::", w}},
      {"plugin", {"map", "--plugin", w, "fib", "1"}},
      {"function of a plugin", {"map", "./" + w + ".so:f", "1"}},
      {"C library", {"map", w + ".so.6:cbrt(double)->double", "1"}},
      {"C type", {"map", "libm.so.6:cbrt(" + w + ")->double", "1"}},
      {"C symbol", {"map", "libm.so.6:" + w + "(double)->double", "1"}},
      {"Python file", {"map", "./" + w + ".py:f", "1"}},
      {"Python function", {"map", python + ":" + w, "1"}},
      {"Python module", {"map", w + ":f", "1"}},
      {"Python", {"map", "--python", w, python + ":f", "1"}},
      {"exception in Python", {"map", "--tasks", "-"}, "[" + in_json(python + ":f") + ", " + in_json(w) + "]\n"},
      {"exception while Python imports", {"map", folder.file("broken.py") + ":f", "1"}},
      {"served program", {"map", "--serve", "/nowhere/'" + w + "'", "f", "1"}},
      {"served program's answer", {"map", "--serve", "printf '%s\\n' '" + w + "'", "f", "1"}},
      {"initializer", {"map", "--initializer", w, "fib", "1"}},
      {"results", {"map", "--results", "/dev/null/" + w, "--cmd", "true", "1"}},
      {"log file", {"map", "--log-file", "/nowhere/" + w, "fib", "1"}},
      {"log file that cannot be opened", {"map", "--log-file", "/dev/null/" + w, "fib", "1"}},
      {"journal", {"map", "--journal", "/nowhere/" + w, "fib", "1"}},
      {"journal to be shown", {"journal", w}},
      {"journal to be continued", {"retry", w}},
      {"targets of functions", {"functions", w}},
      {"text that is no task", {"map"}, "[\"identity\", INJECTED" + w + "]\n"},
      {"function of a task", {"map"}, "[" + in_json(w) + ", 1]\n"},
      {"key of a task", {"map"}, "{" + in_json("INJECTED\x1b\xc2\x9b") + ": 1, \"function\": \"fib\"}\n"},
      {"keyword of a task", {"map"}, "{\"function\": \"fib\", \"kwargs\": {" + in_json(w) + ": 1}}\n"},
      {"argument of the wrong type", {"map"}, "[\"fib\", " + in_json(w) + "]\n"},
      {"bad input that is skipped", {"map", "--skip-bad"}, "[" + in_json(w) + ", 1]\n"},
      {"argument of a task in the log on the terminal", {"map", "--log-level", "debug", "identity", "-"}, w},
      {"make's flags", {"map", "-v", "fib", "1"}, "", "-j2 --jobserver-auth=fifo:/nowhere/INJECTED\x1b[31m"},
  };
  for (const Case& one : cases) check_messages(one);
}

TEST_CASE("contents and errors of a journal have only printable characters") {
  const JournalFolder folder;
  CHECK(run_with(folder, {"map", "--sh", "false {}", hostile, "--retries", "0"}).status == 1);
  const Result shown = run_prun({"journal", folder.journal()});
  CAPTURE(shown);
  CHECK(control_in(shown.out) == "");
  CHECK(contains(shown.out, "INJECTED"));
  check_messages(
      {"reasons", {"map", "--sh", "false {}", hostile, "--journal", folder.file("once.db"), "--once", "--why"}});
  const std::string odd = folder.file(hostile);
  CHECK(run_prun({"map", "fib", "1", "--journal", odd}).status == 0);
  check_messages({"a journal that has a run", {"map", "fib", "1", "--journal", odd}});
}

TEST_CASE("the log file and the list of functions have printable characters only") {
  const JournalFolder folder;
  CHECK(
      run_prun({"map", "--sh", "false {}", hostile, "--log-file", folder.file("log"), "--log-level", "debug"}).status ==
      1);
  const Result log = run_command({.arguments = {"cat", folder.file("log")}});
  CHECK(control_in(log.out) == "");
  CHECK(contains(log.out, "INJECTED"));
  std::ofstream(folder.file("f.py")) << "def f(x=" << nlohmann::json(hostile).dump() << "):\n    "
                                     << nlohmann::json(hostile).dump() << "\n    return x\n";
  const Result listed = run_prun({"functions", folder.file("f.py")});
  CAPTURE(listed);
  CHECK(listed.status == 0);
  CHECK(control_in(listed.out) == "");
  CHECK(contains(listed.out, "INJECTED"));
}

TEST_CASE("the output of commands is not changed") {
  const Result result =
      run_prun({"map", "--output", "raw", "--sh", ": {}; printf '\\033[31mred\\r\\n' >&2; printf '\\033[0m'", "1"});
  CHECK(result.err == "\x1b[31mred\r\n");
  CHECK(result.out == "\x1b[0m");
}
