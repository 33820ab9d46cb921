// Scripts of bash, for which each worker keeps a shell: they must do what `bash -c` does, and leave nothing to the next one.
#include "run_prun.hpp"
#include "support/process_tree.hpp"
#include "support/program.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <chrono>
#include <set>

using namespace prun::test;

namespace {

/// The inputs as parameters of the script, in one worker.
Result kept(const std::string& script, std::vector<std::string> inputs) {
  std::vector<std::string> words{"imap", "-q", "-j1", "--shell", "bash", "--sh", script, ":::"};
  words.insert(words.end(), inputs.begin(), inputs.end());
  return run(std::move(words));
}

Result plain(const std::string& script, const std::string& input) {
  return run_command({{"bash", "-c", script, "bash", input}});
}

/// A script that kills the shell which the worker keeps: the other child of the worker.
constexpr auto kill_the_kept_shell =
    "read -a c </proc/$PPID/task/$PPID/children; for p in ${c[@]}; do [ $p = $$ ] || kill -9 $p; done; echo $1";

}  // namespace

TEST_CASE("a kept bash runs a script as bash -c does") {
  if (!has_program("bash")) return;
  for (const std::string script : {"echo $0 $# \"$1\"",
                                   "exit 3",
                                   "set -e; false; echo no",
                                   "set -u; echo $nothing; echo no",
                                   "(exit 4)",
                                   "exec echo \"$1\"",
                                   "trap 'echo bye' EXIT; echo in",
                                   "cat; echo end of input",
                                   "sleep 0.01 & wait; echo $?",
                                   "jobs; echo ${!:-none}",
                                   "echo $BASH_SUBSHELL $- $SHLVL $SECONDS ${FUNCNAME[0]-none}",
                                   "[ $$ = $BASHPID ] && echo its own process",
                                   "trap 'echo int' INT; kill -INT $$; echo after",
                                   "false | true; echo ${PIPESTATUS[@]}",
                                   "return 3",
                                   "f() { return 7; }; f",
                                   "echo a\necho b; exit 9",
                                   "let x=1/0; echo $x",
                                   "printf %s \"$1\" | od -An -tx1",
                                   "declare -F; alias; umask; ulimit -n; hash",
                                   "/bin/true",
                                   "/bin/false",
                                   "echo $PRUN_TASK >/dev/null; /bin/echo \"$1\"",
                                   "if",
                                   "\n\nno_such_program",
                                   "echo $((1+"}) {
    for (const std::string input : {"a b", "it's", "\x01\x7f\xe4\\", "\n"}) {
      const Result expected = plain(script, input);
      const Result result = kept(script + " # $1", {input});
      INFO(script);
      CHECK(result.out == expected.out);
      CHECK(result.status == (expected.status == 0 ? 0 : 1));
    }
  }
}

TEST_CASE("a kept bash traces a script as bash -c does, and knows it as its own text") {
  if (!has_program("bash")) return;
  const std::string script = "set -x; echo \"$BASH_EXECUTION_STRING\" $1";
  const Result expected = plain(script, "a");
  const Result result = kept(script, {"a"});
  INFO(result);
  CHECK(result.out == expected.out);
  CHECK(result.err == expected.err);
}

TEST_CASE("a function that is named as a builtin is not called by a kept bash") {
  if (!has_program("bash")) return;
  Command command = prun_command({"-j1", "--shell", "bash", "echo got $1; :", ":::", "a"});
  command.environment = {{"BASH_FUNC_set%%", "() { echo hijacked; }"}, {"BASH_FUNC_export%%", "() { echo hijacked; }"}};
  CHECK(run_command(std::move(command)).out == "got a\n");
}

TEST_CASE("a kept bash reports the exit status and the signal of a script") {
  if (!has_program("bash")) return;
  const auto failure_of = [](const std::string& script) {
    const Result result =
        run({"imap", "-q", "-j1", "--shell", "bash", "--output", "jsonl", "--sh", script + "; : $1", ":::", "1"});
    return json_lines(result.out).at(0).at("error");
  };
  CHECK(failure_of("exit 143").at("exit_status") == 143);
  CHECK(failure_of("kill -TERM $$").at("signal") == SIGTERM);
  CHECK(failure_of("kill -9 $$").at("signal") == SIGKILL);
  CHECK(failure_of("kill 0; sleep 100").at("signal") == SIGTERM);
}

TEST_CASE("changes that a script makes to its shell do not affect the next script") {
  if (!has_program("bash")) return;
  const Result result = kept(
      "echo \"$PWD [$x] $(umask) $(type -t f) $-\"; cd /; x=1; umask 077; f() { :; }; set -fu; echo $1 >&2;"
      "exec >/dev/null; trap '' TERM; ulimit -n 50",
      {"1", "2", "3"});
  const std::vector<std::string> lines = lines_of(result.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == lines[0]);
  CHECK(lines[2] == lines[0]);
  CHECK(result.err == "1\n2\n3\n");
}

TEST_CASE("scripts of a kept bash draw different random numbers, and know their task") {
  if (!has_program("bash")) return;
  const std::vector<std::string> drawn = lines_of(kept("echo $RANDOM$RANDOM$RANDOM; : $1", {"1", "2", "3"}).out);
  CHECK(std::set<std::string>(drawn.begin(), drawn.end()).size() == 3);
  CHECK(kept("echo $PRUN_TASK $PARALLEL_SEQ; : $1", {"a", "b"}).out == "0 1\n1 2\n");
  CHECK(run({"-j1", "--shell", "bash", "--tag", "-q", "echo $PRUN_TASK {}; true", ":::", "a"}).out == "a\t0 a\n");
}

TEST_CASE("a script of a kept bash leads a process group, and has no descriptor of the shell") {
  if (!has_program("bash")) return;
  const std::string script =
      "read -r _ _ _ _ group _ </proc/$$/stat; [ $group = $$ ] && echo leader; "
      "for file in /proc/$$/fd/*; do readlink $file; done | grep -c socket; : $1";
  CHECK(kept(script, {"1", "2"}).out == "leader\n0\nleader\n0\n");
}

TEST_CASE("a kept bash calls exported functions") {
  if (!has_program("bash")) return;
  Command command = prun_command({"-j1", "greet", ":::", "a b", "c"});
  command.environment = {{"BASH_FUNC_greet%%", "() {  echo \"hello $1\"\n}"}};
  CHECK(run_command(command).out == "hello a b\nhello c\n");
}

TEST_CASE("a kept bash that is killed is replaced") {
  if (!has_program("bash")) return;
  const Result result = kept(kill_the_kept_shell, {"1", "2", "3", "4"});
  CHECK(result.out == "1\n2\n3\n4\n");
  CHECK(result.status == 0);
}

TEST_CASE("a script of a kept bash is stopped with all that it has started") {
  if (!has_program("bash")) return;
  const auto begun = std::chrono::steady_clock::now();
  const Result result =
      run({"imap", "-q", "-j1", "--shell", "bash", "--timeout", "0.3", "--grace", "0.1", "--sh",
           "trap '' TERM; [ $1 = 2 ] || { sleep 1000 & wait; sleep 1000; }; echo $1", ":::", "1", "2"});
  CHECK(result.out == "2\n");
  CHECK(result.status == 1);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
}

TEST_CASE("kill -9 of the master leaves no kept bash and no script of one") {
  if (!has_program("bash")) return;
  Process prun(
      prun_command({"imap", "-j2", "--shell", "bash", "--ungroup", "--sh", "echo $1; sleep 1000; :", ":::", "1", "2"}));
  REQUIRE(prun.wait_for_lines(2));
  const Witness all(descendants_of(prun.pid()));
  prun.signal(SIGKILL);
  CHECK(all.all_ended_within(std::chrono::seconds(30)));
}
