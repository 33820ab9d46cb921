// A read that fails in the middle of an input: told with the input's name, never taken for its end. strace makes it fail.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace prun::test;

namespace {

bool strace_works() {
  Command command{
      {"/bin/sh", "-c", "strace -f -qq -o /dev/null -e trace=read -e inject=read:error=EIO:when=9999 true"}};
  return run_command(std::move(command)).status == 0;
}

std::string lines(int count, const std::string& line) {
  std::string all;
  for (int i = 0; i < count; ++i) all += line + '\n';
  return all;
}

/// These system calls with the file fail; $0 is prun, $1 the file.
Result with_failing(const std::string& calls, const std::string& when, const std::string& prun_arguments,
                    const TemporaryFile& file) {
  Command command{{"/bin/sh", "-c",
                   "exec strace -f -qq -o /dev/null -P \"$1\" -e trace=" + calls + " -e inject=" + calls +
                       ":error=EIO" + when + " \"$0\" " + prun_arguments,
                   prun_binary(), file.path()}};
  return run_command(std::move(command));
}

}  // namespace

TEST_CASE("a read that fails in the middle of an input is an error with the input's name") {
  if (!strace_works()) {
    MESSAGE("SKIPPED: strace is missing here, or may trace nothing");
    return;
  }
  const TemporaryFile numbers(lines(50'000, "12345"), ".txt");
  const TemporaryFile tasks(lines(20'000, R"(["identity", 1])"), ".jsonl");
  struct Case {
    std::string arguments;
    const TemporaryFile* file;
    std::string name;
  };
  for (const Case& c : {Case{"imap --cmd echo -n max --dry-run -a \"$1\"", &numbers, numbers.path()},
                        Case{"imap -n max --dry-run -- echo :::: \"$1\"", &numbers, numbers.path()},
                        Case{"imap --dry-run -- echo :::: \"$1\" ::: a", &numbers, numbers.path()},
                        Case{"imap identity - --output raw <\"$1\"", &numbers, "<stdin>"},
                        Case{"imap identity - --skip-bad --output raw <\"$1\"", &numbers, "<stdin>"},
                        Case{"map identity - --output raw <\"$1\"", &numbers, "<stdin>"},
                        Case{"imap --pipe -L1 --cmd true <\"$1\"", &numbers, "<stdin>"},
                        Case{"imap --output raw --tasks \"$1\"", &tasks, tasks.path()},
                        Case{"imap --output raw <\"$1\"", &tasks, "<stdin>"}}) {
    const Result run = with_failing("read", ":when=2+", c.arguments, *c.file);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.err.find(c.name + ": cannot be read: Input/output error\n") != std::string::npos);
  }
}

TEST_CASE("a block that a worker cannot read from the input fails its task") {
  if (!strace_works()) {
    MESSAGE("SKIPPED: strace is missing here, or may trace nothing");
    return;
  }
  const TemporaryFile numbers(lines(50'000, "12345"), ".txt");
  const Result run = with_failing("sendfile,pread64", "", "--pipe cat <\"$1\"", numbers);
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.err.find("standard input cannot be read: Input/output error") != std::string::npos);
}

TEST_CASE("a folder or a file that is gone is an error with its name, before anything runs") {
  for (const std::vector<std::string>& from : {std::vector<std::string>{"-a", "/", "--cmd", "echo"},
                                               {"--", "echo", "::::", "/"},
                                               {"--tasks", "/"},
                                               {"-a", "/no/such", "--cmd", "echo"},
                                               {"--", "echo", ":::", "a", "::::", "/no/such"},
                                               {"--tasks", "/no/such"}}) {
    std::vector<std::string> arguments{"imap"};
    arguments.insert(arguments.end(), from.begin(), from.end());
    const Result run = run_prun(arguments);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.find(" cannot be read: ") != std::string::npos);
  }
}
