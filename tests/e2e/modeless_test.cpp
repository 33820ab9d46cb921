// Commands without a mode, files of commands, shell functions, and what was meant where a mode is missing or too much.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace prun::test;

namespace {

std::string first_error(std::vector<std::string> arguments, std::string input = {}) {
  const Result result = run(std::move(arguments), std::move(input));
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  return lines_of(result.err).at(0);
}

}  // namespace

TEST_CASE("a command needs no mode") {
  CHECK(run({"echo", "-n", "{}", ":::", "a", "b"}).out == "ab");
  CHECK(run({"-j2", "-q", "echo {} | tr a-z A-Z", ":::", "a", "b"}).out == "A\nB\n");
  CHECK(run({"echo", "x"}, "a\nb c\n").out == "x a\nx b c\n");
  CHECK(run({"--pipe", "wc", "-l"}, "a\nb\n").out == "2\n");
  CHECK(run({"--", "echo", "-j", "{}", ":::", "a"}).out == "-j a\n");
  CHECK(run({"--sh", "echo $1 {}", "a", "b", "-j1"}).out == "a a\nb b\n");
}

TEST_CASE("the value of an option is not the command") {
  CHECK(run({"-j", "2", "echo", "{}", ":::", "a"}).out == "a\n");
  CHECK(run({"-qj", "2", "echo", ":::", "a"}).out == "a\n");
  CHECK(run({"--timeout", "10s", "--output", "raw", "echo", ":::", "a"}).out == "a\n");
  const TemporaryFile list("a\n", ".txt");
  CHECK(run({"-a", list.path(), "echo", "map"}).out == "map a\n");
  CHECK(run({"-0", "echo"}, std::string("a\0b\0", 4)).out == "a\nb\n");
}

TEST_CASE("options after the command belong to the command") {
  CHECK(run({"echo", "--tag", "--help", "{}", ":::", "a"}).out == "--tag --help a\n");
}

TEST_CASE("an option behind a command that was meant as a script is pointed out once") {
  const std::string advice =
      "'-j2' stands after the command and is an argument of it; options of prun go before the command: prun -j2 ";
  CHECK(first_error({"echo {}", "-j2", ":::", "a", "b"}) == "prun: " + advice + "'echo {}'");
  CHECK(first_error({"gzip -9", "-j2", ":::", "a"}) == "prun: " + advice + "'gzip -9'");
  CHECK(run({"echo", "-j2", "{}", ":::", "a"}).err.empty());
}

TEST_CASE("a script in several words is answered with the script in one word") {
  const std::string advice = " is not a program, and the words are no script; write a script as one word: prun ";
  CHECK(first_error({"gzip -9", "{}", ":::", "a"}) == "prun: 'gzip -9'" + advice + "'gzip -9 {}'");
  CHECK(first_error({"x={};", "echo $x", ":::", "a", "b"}) == "prun: 'x={};'" + advice + "'x={}; echo $x'");
  CHECK(run({"[", "{}", "=", "a", "]", ":::", "a"}).status == 0);
}

TEST_CASE("one word that is the path of a program is not a script") {
  const std::filesystem::path program =
      std::filesystem::temp_directory_path() / ("my prog " + std::to_string(getpid()));
  std::ofstream(program) << "#!/bin/sh\necho \"ran $1\"\n";
  ::chmod(program.c_str(), 0700);
  CHECK(run({program.string(), ":::", "a b"}).out == "ran a b\n");
  std::filesystem::remove(program);
}

TEST_CASE("the path of a program that does not exist is refused before the run, with and without inputs") {
  const std::string problem =
      "prun: there is no program ./nothing.here; check its path, which begins at the current folder or at that of "
      "--cwd";
  CHECK(first_error({"./nothing.here"}) == problem);
  CHECK(first_error({"./nothing.here", "{}", ":::", "a"}) == problem);
  CHECK(first_error({"--cmd", "/nothing.here", "a"}) == "prun: there is no program /nothing.here; check its path");
  CHECK(first_error({"./nothing.py:f", "1", "2"}) ==
        "prun: ./nothing.py:f is a function, which needs a mode: prun map ./nothing.py:f 1 2");
}

TEST_CASE("the path of a program that may exist later or elsewhere is not refused") {
  CHECK(run({"--cwd", "/usr", "bin/env", "true", ":::", "a"}).status == 0);
  CHECK(run({"--cwd", "/{}", "bin/env", "true", ":::", "usr"}).status == 0);
  CHECK(run({"--cwd", "/usr", "./nothing.here", ":::", "a"}).status == 2);
  CHECK(run({"/nothing.here/{}", ":::", "a"}).status == 1);
  CHECK(run({"--dry-run", "./nothing.here", ":::", "a"}).out == "./nothing.here a\n");
}

TEST_CASE("a function without a mode, and a mistyped mode, are answered with the correct command line") {
  CHECK(first_error({"fib", "1", "2"}) ==
        "prun: there is no program fib on PATH; fib is a function, which needs a mode: prun map fib 1 2");
  CHECK(first_error({"-j", "2", "fib", ":::", "1"}) ==
        "prun: there is no program fib on PATH; fib is a function, which needs a mode: prun -j 2 map fib ::: 1");
  CHECK(first_error({"fib(8)", "fib(9)"}) ==
        "prun: 'fib(8)' is a function call, which needs a mode: prun submit 'fib(8)' 'fib(9)'");
  CHECK(first_error({"impa", "fib", "1"}) == "prun: unknown mode 'impa'; did you mean imap?");
  for (const std::string word : {"imap", "map", "help", "imap-unordered"}) {
    CHECK(first_error({"--", word, ":::", "a"}) == "prun: there is no program " + word +
                                                       " on PATH; to use prun's own " + word +
                                                       ", leave out -- (see: prun help " + word + ")");
  }
  CHECK(first_error({"--", "impa", ":::", "a"}).find("mode") == std::string::npos);
  CHECK(first_error({"everything"}) == "prun: 'everything' is neither a mode nor a program on PATH");
}

TEST_CASE("a program with a mode is answered with the form for commands") {
  CHECK(first_error({"imap", "cat", "a.txt", "b.txt"}) ==
        "prun: 'cat' is a program, not a function; run it without a mode: prun cat ::: a.txt b.txt");
  CHECK(first_error({"imap", "cat"}, "1\n2\n") ==
        "prun: 'cat' is a program, not a function; run it without a mode: prun cat");
  const TemporaryFile tasks("[]");
  CHECK(first_error({"submit", tasks.path()}) ==
        "prun: '" + tasks.path() + "' is a file; its tasks are read with --tasks " + tasks.path());
  CHECK(first_error({"--tasks", tasks.path()}) == "prun: a mode comes before --tasks: prun submit --tasks FILE");
}

TEST_CASE("an operator among the words of a command is warned about") {
  const Result result = run({"echo", "{}", "|", "cat", ":::", "a"});
  CHECK(result.out == "a | cat\n");
  CHECK(result.err ==
        "prun: warning: '|' is an argument of echo; for the shell to read it, write the whole command in quotes\n");
}

TEST_CASE("each line of standard input or of a file is a command") {
  const std::string commands =
      "#!/usr/bin/prun --commands\n\n  # a comment\necho a # another\necho b \\\n  c\necho 'd\ne' | cat\n";
  const std::string out = "a\nb c\nd\ne\n";
  CHECK(run({}, commands).out == out);
  CHECK(run({"-j1"}, commands).out == out);
  CHECK(run({"--commands", "-"}, commands).out == out);
  const TemporaryFile file(commands, ".txt");
  CHECK(run({"--commands", file.path()}).out == out);
  CHECK(run({"-a", file.path()}).out == out);
  CHECK(run({"imap_unordered", "-j1", "--commands", file.path()}).out == out);
  CHECK(run({":::", "echo a", "echo b | cat"}).out == "a\nb\n");
  CHECK(run({"-0"}, std::string("echo a\necho b\0echo '#'\0", 23)).out == "a\nb\n#\n");
  CHECK(run({}).status == 0);
}

TEST_CASE("a command that fails is reported with its line") {
  const Result result = run({}, "echo a\nexit 3\n");
  CHECK(result.status == 1);
  CHECK(result.out == "a\n");
  CHECK(result.err == "exit 3: exit status 3\n");
}

TEST_CASE("an unclosed quote is bad input, and the commands before it run") {
  const Result result = run({}, "echo a\necho 'b\necho c\n");
  CHECK(result.status == 2);
  CHECK(result.out == "a\n");
  CHECK(result.err == "prun: <stdin>:2: the quote ' is not closed before the end of the input\n");
}

TEST_CASE("a file of commands is given alone") {
  CHECK(first_error({"--commands", "x", ":::", "a"}) ==
        "prun: --commands gives the commands; it takes neither a command nor inputs");
  CHECK(first_error({"--pipe"}, "a\n") == "prun: --pipe needs a command that reads the blocks");
}

TEST_CASE("functions that bash has exported are commands") {
  Command command = prun_command({"-j2", "greet", "{}", "x", ":::", "a b", "c"});
  command.environment = {{"BASH_FUNC_greet%%", "() { echo \"hello $*\"; }"}};
  const Result result = Process(command).wait();
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.out == "hello a b x\nhello c x\n");
}

TEST_CASE("the shell of scripts can be chosen") {
  CHECK(run({"--shell", "bash", "echo $BASH_VERSION | grep -c . ; echo {}", ":::", "a"}).out == "1\na\n");
  CHECK(run({"--shell", "bash", "a=(x y); echo ${#a[@]} \"${a[1]//y/z}\" $'\\t{}'", ":::", "it's"}).out ==
        "2 z \tit's\n");
  Command command = prun_command({"[[ {} == a ]] && echo yes", ":::", "a"});
  command.environment = {{"PRUN_SHELL", "bash"}};
  CHECK(Process(command).wait().out == "yes\n");
  CHECK(first_error({"--shell", "fish", "echo {}; true", ":::", "a"}) ==
        "prun: --shell takes a shell that reads quotes as POSIX says, such as sh, bash, dash, ksh or zsh, not 'fish'");
  CHECK(first_error({"--shell", "no-such-shell", "echo {}; true", ":::", "a"}) ==
        "prun: there is no program no-such-shell on PATH");
}

TEST_CASE("prun xargs names its own options") {
  CHECK(run({"xargs", "--help"}).out.find("--max-procs") != std::string::npos);
  const Result asking = run({"xargs", "-p", "echo"});
  CHECK(asking.status == 1);
  CHECK(lines_of(asking.err).at(0) ==
        "prun: xargs: -p asks at the terminal, which prun does not do; look at the commands with -t");
  CHECK(first_error({"-n2", "xargs", "echo"}) ==
        "prun: the options of prun xargs come after xargs: prun xargs -n2 echo");
}

TEST_CASE("prun retry puts its options before a command without a mode") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("prun-modeless-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string journal = (folder / "run.db").string();
  const std::string flag = (folder / "flag").string();
  CHECK(run({"--journal", journal, "sh", "-c", "test -e \"$0\" && echo \"$1\"", flag, "{}", ":::", "a"}).status == 1);
  std::ofstream(flag) << "x";
  const Result again = run({"retry", journal, "--tag"});
  INFO(again);
  CHECK(again.status == 0);
  CHECK(again.out == "a\ta\n");
  std::filesystem::remove_all(folder);
}
