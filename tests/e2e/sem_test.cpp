// `prun sem`: commands that wait for each other.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

/// Semaphores of a test's own.
class Semaphores {
 public:
  [[nodiscard]] Command command(std::vector<std::string> words) const {
    words.insert(words.begin(), "sem");
    Command made = prun_command(std::move(words));
    made.environment = {{"XDG_RUNTIME_DIR", folder_.path().string()}};
    return made;
  }
  [[nodiscard]] Result run(std::vector<std::string> words) const {
    Result result = run_command(command(std::move(words)));
    INFO(result);
    CHECK_FALSE(result.timed_out);
    return result;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string read(const std::string& name) const { return folder_.read(name); }

 private:
  Folder folder_;
};

/// The same command, in a process that ignores the signals.
Command after_ignoring(const std::vector<int>& signals, const Command& command) {
  std::string script = "import os, signal, sys; ";
  for (const int number : signals) script += "signal.signal(" + std::to_string(number) + ", signal.SIG_IGN); ";
  Command made = command;
  made.arguments = {"python3", "-c", script + "os.execv(sys.argv[1], sys.argv[1:])"};
  made.arguments.insert(made.arguments.end(), command.arguments.begin(), command.arguments.end());
  return made;
}

}  // namespace

TEST_CASE("a command in the foreground has its exit status and its words") {
  const Semaphores semaphores;
  CHECK(semaphores.run({"--fg", "exit 7"}).status == 7);
  CHECK(semaphores.run({"--fg", "kill -9 $$"}).status == 137);
  CHECK(semaphores.run({"--fg", "echo", "a  b", "*"}).out == "a  b *\n");
  CHECK(semaphores.run({"--fg", "/no/such/program"}).status == 127);
  CHECK(semaphores.run({"--fg", "--", "-x"}).status == 127);
}

TEST_CASE("commands of a mutex run one after the other") {
  const Semaphores semaphores;
  const std::string out = semaphores.file("out");
  for (const std::string name : {"a", "b", "c"}) {
    const std::string script = "echo begin >> " + out + "; sleep 0.05; echo end >> " + out;
    CHECK(semaphores.run({script}).status == 0);
  }
  CHECK(semaphores.run({"--wait"}).status == 0);
  CHECK(semaphores.read("out") == "begin\nend\nbegin\nend\nbegin\nend\n");
}

TEST_CASE("as many commands as there are places run at a time") {
  const Semaphores semaphores;
  const std::string fifo = semaphores.file("fifo");
  REQUIRE(run_command({{"mkfifo", fifo}}).status == 0);
  // Each of the two waits for the other.
  Process reader(semaphores.command({"-j2", "--fg", "cat " + fifo}));
  CHECK(semaphores.run({"-j2", "--fg", "echo met > " + fifo}).status == 0);
  CHECK(reader.wait().out == "met\n");
}

TEST_CASE("other names are other semaphores") {
  const Semaphores semaphores;
  const std::string fifo = semaphores.file("fifo");
  REQUIRE(run_command({{"mkfifo", fifo}}).status == 0);
  Process reader(semaphores.command({"--id", "a/b", "--fg", "cat " + fifo}));
  CHECK(semaphores.run({"--id", "c", "--fg", "echo met > " + fifo}).status == 0);
  CHECK(reader.wait().out == "met\n");
}

TEST_CASE("a command waits only for a time, and then gives up or runs") {
  const Semaphores semaphores;
  const std::string fifo = semaphores.file("fifo");
  REQUIRE(run_command({{"mkfifo", fifo}}).status == 0);
  Process holder(semaphores.command({"--fg", "echo held; cat " + fifo}));
  REQUIRE(holder.wait_for_lines(1));
  const Result gave_up = semaphores.run({"--st", "-0.05", "--fg", "echo ran"});
  CHECK(gave_up.status == 1);
  CHECK(gave_up.out.empty());
  CHECK(gave_up.err == "prun: sem: the semaphore default was not free in time\n");
  CHECK(semaphores.run({"--st", "0.05", "--fg", "echo ran"}).out == "ran\n");
  REQUIRE(run_command({{"sh", "-c", "echo > " + fifo}}).status == 0);
  CHECK(holder.wait().status == 0);
  CHECK(semaphores.run({"--fg", "echo free"}).out == "free\n");
}

TEST_CASE("the place of a holder that is killed is free") {
  const Semaphores semaphores;
  Process holder(semaphores.command({"--fg", "echo held; exec sleep 300"}));
  REQUIRE(holder.wait_for_lines(1));
  Process next(semaphores.command({"--fg", "echo next"}));
  holder.signal(SIGKILL);
  CHECK(next.wait().out == "next\n");
}

TEST_CASE("a signal to prun ends its command, and then the place is free") {
  const Semaphores semaphores;
  for (const int signal : {SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    Process holder(semaphores.command({"--fg", "(echo held; exec sleep 300); echo never"}));
    REQUIRE(holder.wait_for_lines(1));
    holder.signal(signal);
    CHECK(holder.wait().status == 128 + signal);
    CHECK(semaphores.run({"--fg", "echo free"}).out == "free\n");
  }
}

TEST_CASE("the command decides what a signal to prun does") {
  const Semaphores semaphores;
  Process holder(
      semaphores.command({"--fg", "trap 'echo asked; exit 5' TERM; echo held; while :; do sleep 0.01; done"}));
  REQUIRE(holder.wait_for_lines(1));
  holder.signal(SIGTERM);
  const Result ended = holder.wait();
  CHECK(ended.out == "held\nasked\n");
  CHECK(ended.status == 5);
}

TEST_CASE("signals that were ignored before prun sem stay ignored, for the command too") {
  const Semaphores semaphores;
  const std::string script =
      "trap 'echo asked' USR1; echo held; while [ ! -e " + semaphores.file("go") + " ]; do sleep 0.01; done; echo done";
  Process holder(after_ignoring({SIGHUP}, semaphores.command({"--fg", script})));
  REQUIRE(holder.wait_for_lines(1));
  holder.signal(SIGHUP);
  holder.signal(SIGUSR1);
  REQUIRE(holder.wait_for_lines(2));
  std::ofstream(semaphores.file("go"));
  const Result ended = holder.wait();
  CHECK(ended.out == "held\nasked\ndone\n");
  CHECK(ended.status == 0);
}

TEST_CASE("prun sem has the exit status of its command although SIGCHLD was ignored") {
  const Semaphores semaphores;
  const Result result = Process(after_ignoring({SIGCHLD}, semaphores.command({"--fg", "exit 7"}))).wait();
  INFO(result);
  CHECK(result.status == 7);
}

TEST_CASE("what a command started keeps its place if prun or the command is killed") {
  const Semaphores semaphores;
  const std::string fifo = semaphores.file("fifo");
  REQUIRE(run_command({{"mkfifo", fifo}}).status == 0);
  for (const int signal : {SIGTERM, SIGKILL}) {
    CAPTURE(signal);
    Process holder(
        semaphores.command({"--fg", "(trap '' TERM; echo held; exec cat " + fifo + " > /dev/null 2>&1); echo never"}));
    REQUIRE(holder.wait_for_lines(1));
    holder.signal(signal);
    CHECK(semaphores.run({"--st", "-0.05", "--fg", "echo ran"}).status == 1);
    Process next(semaphores.command({"--fg", "echo next"}));
    REQUIRE(run_command({{"sh", "-c", "echo > " + fifo}}).status == 0);
    CHECK(next.wait().out == "next\n");
    CHECK(holder.wait().status == 128 + signal);
  }
}

TEST_CASE("a background process of a command that exits does not keep the place") {
  const Semaphores semaphores;
  const std::string fifo = semaphores.file("fifo");
  REQUIRE(run_command({{"mkfifo", fifo}}).status == 0);
  CHECK(semaphores.run({"--fg", "cat " + fifo + " > /dev/null 2>&1 & echo left"}).out == "left\n");
  CHECK(semaphores.run({"--fg", "echo free"}).out == "free\n");
  REQUIRE(run_command({{"sh", "-c", "echo > " + fifo}}).status == 0);
}

TEST_CASE("wrong options of prun sem are explained") {
  const Semaphores semaphores;
  CHECK(semaphores.run({}).err.starts_with("prun: sem: a command is missing\n"));
  CHECK(semaphores.run({"--wait", "echo"}).err.find("--wait waits for commands that run") != std::string::npos);
  CHECK(semaphores.run({"-j", "x", "echo"}).err.starts_with("prun: sem: -j takes 1 or more workers"));
  CHECK(semaphores.run({"--id", std::string(251, 'a'), "echo"}).err.find("may have 250 characters") !=
        std::string::npos);
  CHECK(semaphores.run({"--color", "echo"}).err.find("unknown option --color") != std::string::npos);
}

TEST_CASE("numbers of jobs and names of options are those of GNU sem") {
  const Semaphores semaphores;
  for (const std::string jobs : {"-j0", "-j+0", "-j50%", "-P2"}) {
    CAPTURE(jobs);
    CHECK(semaphores.run({jobs, "-u", "--ungroup", "--semaphore-name", "m", "--fg", "echo", "ran"}).out == "ran\n");
  }
}

TEST_CASE("options of prun sem before the word sem are explained") {
  const Semaphores semaphores;
  const Result run = run_prun({"-j1", "sem", "--id", "m", "true"});
  CHECK(run.status == 2);
  CHECK(run.err.starts_with("prun: the options of prun sem come after sem: prun sem -j1 --id m true\n"));
}

TEST_CASE("an operator of the shell among the words of a command is warned about") {
  const Semaphores semaphores;
  const Result run = semaphores.run({"--fg", "echo", "a", ";", "echo", "b"});
  CHECK(run.out == "a ; echo b\n");
  CHECK(
      run.err ==
      "prun: sem: warning: ';' is an argument of echo; for the shell to read it, write the whole command in quotes\n");
}
