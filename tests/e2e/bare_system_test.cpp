// Systems that lack something: /proc, pidfd_open(2), an init that reaps, processes to start.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

Result run_below(std::vector<std::string> words, std::vector<std::string> arguments) {
  Command command = prun_command(std::move(arguments));
  command.arguments.insert(command.arguments.begin(), words.begin(), words.end());
  return run_command(std::move(command));
}

bool has(const std::string& program, std::vector<std::string> trial) {
  Command command;
  command.arguments = std::move(trial);
  if (run_command(std::move(command)).status == 0) return true;
  MESSAGE("skipped: " << program << " cannot be used here");
  return false;
}

bool has_namespaces() { return has("unshare(1)", {"unshare", "-fmp", "true"}); }
bool has_strace() { return has("strace(1)", {"strace", "-qq", "-o", "/dev/null", "true"}); }

}  // namespace

TEST_CASE("commands run where /proc is not mounted") {
  if (!has_namespaces()) return;
  for (const char* form : {"--tag", "--line-buffer"}) {
    const Result result = run_below({"unshare", "-m", "sh", "-c", "umount -l /proc && exec \"$@\"", "sh"},
                                    {"imap", form, "-j", "1", "--sh", "echo {}", "1", "2"});
    INFO(result);
    CHECK(result.status == 0);
    CHECK(lines_of(result.out).size() == 2);
  }
}

TEST_CASE("python functions run where /proc is not mounted") {
  if (!has_namespaces()) return;
  const Result result = run_below({"unshare", "-m", "sh", "-c", "umount -l /proc && exec \"$@\"", "sh"},
                                  {"map", "lambda n: n + 1", "--format", "{result}", "1", "2"});
  INFO(result);
  CHECK(result.out == "2\n3\n");
}

TEST_CASE("under a limit of processes, idle workers make room for commands") {
  const std::vector<std::string> below{"setpriv", "--reuid=61234", "--regid=61234", "--clear-groups",
                                       "env",     "HOME=/",        "prlimit",       "--nproc=8"};
  std::vector<std::string> trial = below;
  trial.insert(trial.end(), {prun_binary(), "--version"});
  if (!has("setpriv(1)", trial)) return;
  const Result result = run_below(below, {"imap", "-j", "8", "--cmd", "echo ok", "1..30"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 30);
}

TEST_CASE("under a limit of processes, functions of Python and of served programs wait for those that run") {
  const std::vector<std::string> below{"setpriv", "--reuid=61235",      "--regid=61235", "--clear-groups", "env",
                                       "HOME=/",  "PATH=/usr/bin:/bin", "prlimit",       "--nproc=10"};
  std::vector<std::string> trial = below;
  trial.insert(trial.end(), {prun_binary(), "map", "-j", "1", "lambda n: n", "1"});
  if (!has("setpriv(1) and a Python for other users", trial)) return;
  const TemporaryFile served(
      "import json, sys\n"
      "print(json.dumps({'prun': 1, 'functions': [{'name': 'twice'}]}), flush=True)\n"
      "for line in sys.stdin:\n"
      "    call = json.loads(line)\n"
      "    print(json.dumps({'id': call['id'], 'result': 2 * call['args'][0]}), flush=True)\n",
      ".py");
  std::filesystem::permissions(served.path(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  const std::vector<std::vector<std::string>> runs{
      {"map", "-j", "6", "-c", "1", "lambda n: __import__('time').sleep(0.05) or n", "1..30", "--output", "raw"},
      {"map", "-j", "6", "-c", "1", "--serve", "python3 " + served.path(), "twice", "1..30", "--output", "raw"}};
  for (const auto& words : runs) {
    const Result result = run_below(below, words);
    INFO(result);
    CHECK(result.status == 0);
    CHECK(lines_of(result.out).size() == 30);
  }
}

TEST_CASE("commands run, and are timed out, without pidfd_open(2)") {
  if (!has_strace()) return;
  const Result result = run_below(
      {"strace", "-qq", "-f", "-o", "/dev/null", "-e", "trace=pidfd_open", "-e", "inject=pidfd_open:error=ENOSYS"},
      {"imap", "-j", "1", "--timeout", "2s", "--cpu-limit", "5s", "--sh", "sleep {} & [ {} = 300 ] && wait; echo {}",
       "300", "0"});
  INFO(result);
  CHECK(result.status == 1);
  CHECK(result.out == "0\n");
}

TEST_CASE("commands that the system refuses to start wait until others have ended") {
  if (!has_strace()) return;
  const Result result = run_below(
      {"strace", "-qq", "-f", "-o", "/dev/null", "-e", "trace=vfork", "-e", "inject=vfork:error=EAGAIN:when=2+3"},
      {"imap", "-j", "4", "--sh", "echo {}", "1..20"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 20);
}

TEST_CASE("as the first process of a container, prun reaps the orphans of its tasks") {
  if (!has_namespaces()) return;
  const Result result =
      run_below({"unshare", "-fp", "--mount-proc"},
                {"imap", "-j", "1", "--sh",
                 "(setsid true &); sleep 0.05; grep -l 'State:.Z' /proc/[0-9]*/status | wc -l; : {}", "1..10"});
  INFO(result);
  CHECK(result.status == 0);
  REQUIRE(lines_of(result.out).size() == 10);
  CHECK(std::stoi(lines_of(result.out).back()) <= 2);  // its own, and one that ends just now
}

TEST_CASE("orphans of a command that have ended are reaped while the command runs") {
  const std::string script =
      "for i in $(seq 50); do (true &); done; n=0; while ps -o stat= --ppid $PPID | grep -q Z; do n=$((n + 1)); "
      "[ $n = 200 ] && exit 1; sleep 0.05; done; echo none; : {}";
  for (const char* pool : {"--threads", "-v"}) {
    const Result result = run_command(prun_command({"imap", "-j", "1", pool, "--sh", script, "1"}));
    INFO(result);
    CHECK(result.out == "none\n");
  }
}

TEST_CASE("with --threads, orphans are reaped while other commands start and end, and no command loses its status") {
  const std::string script =
      "(true &); case {} in *[13579]) s=1;; *) s=0;; esac; (exit $s); ps -o stat= --ppid $PPID | grep -c Z; exit $s";
  const Result result = run_command(prun_command({"imap", "-j", "4", "--threads", "--sh", script, "1..200"}));
  INFO(result);
  const auto failures = lines_of(result.err);
  CHECK(std::ranges::count_if(failures, [](const auto& line) { return line.ends_with(": exit status 1"); }) == 100);
  const auto counts = lines_of(result.out);
  REQUIRE(counts.size() == 200);
  CHECK(std::ranges::all_of(counts, [](const std::string& count) { return std::stoi(count) < 50; }));
}

TEST_CASE("failures of commands are seen if the caller ignores SIGCHLD") {
  for (const char* pool : {"--threads", "-v"}) {
    const Result result =
        run_below({"env", "--ignore-signal=CHLD"}, {"imap", pool, "-j", "1", "--sh", "exit {}", "0", "1"});
    INFO(result);
    CHECK(result.status == 1);
  }
}
