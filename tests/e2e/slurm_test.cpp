// Runs in a Slurm job, with programs in the place of Slurm's: srun starts the agent here, and the others write down how they were
// called. tests/cluster/hosts has the real Slurm.
#include "agents_support.hpp"
#include "prun_support.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// A folder with programs named as those of Slurm.
class FakeSlurm {
 public:
  explicit FakeSlurm(int seconds_left = 3600) {
    program("srun", "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec env SLURM_STEP_ID=0 \"$@\"");
    program("squeue", "echo $(( $(date +%s) + " + std::to_string(seconds_left) + " ))");
    program("scontrol", "[ $1 = show ] && echo 'KillWait                = 30 sec' || echo scontrol \"$@\" >> " + log());
    program("scancel", "echo scancel \"$@\" >> " + log());
    program("salloc", "echo salloc \"$@\" >> " + log() +
                          "\nwhile :; do case $1 in -N|-p) shift 2;; -*) shift;; *) break;; esac; done\n"
                          "export SLURM_JOB_ID=7 SLURM_JOB_NODELIST=node1 SLURM_JOB_CPUS_PER_NODE=1\n\"$@\"\n"
                          "status=$?\necho released >> " +
                          log() + "\nexit $status");
  }

  [[nodiscard]] std::string log() const { return folder.file("log"); }
  [[nodiscard]] std::string calls() const { return folder.read("log"); }
  [[nodiscard]] std::pair<std::string, std::string> path() const {
    return {"PATH", folder.path().string() + ":" + std::getenv("PATH")};
  }
  [[nodiscard]] Command outside(std::vector<std::string> words) const {
    Command command = prun_command(std::move(words));
    command.environment = {path()};
    return command;
  }
  /// A run in the job 7, which has one node.
  [[nodiscard]] Command in_job(std::vector<std::string> words, const std::string& cpus = "1",
                               Variables more = {}) const {
    Command command = outside(std::move(words));
    for (auto variable :
         Variables{{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_NODELIST", "node1"}, {"SLURM_JOB_CPUS_PER_NODE", cpus}})
      command.environment.push_back(std::move(variable));
    for (auto& variable : more) command.environment.push_back(std::move(variable));
    return command;
  }

  Folder folder;

 private:
  void program(const std::string& name, const std::string& script) const {
    folder.write(name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
  }
};

}  // namespace

TEST_CASE("a node gets as many workers as the job has CPUs there, if its step may use them") {
  const FakeSlurm slurm;
  const Result one = run_command(slurm.in_job({"map", "fib", "1..9", "--slurm", "--output", "jsonl"}));
  INFO(one);
  CHECK(one.status == 0);
  for (const auto& line : json_lines(one.out)) CHECK(line.at("host") == "node1");

  const Result many = run_command(slurm.in_job({"map", "fib", "1..9", "--slurm"}, "4000"));
  INFO(many);
  CHECK(many.status == 0);
  CHECK(many.err.find("node1: the job has 4000 CPUs there, but its step may use only ") != std::string::npos);
}

TEST_CASE("a signal that announces the end of the job lets running tasks end, and starts no more") {
  for (const int signal : {SIGTERM, SIGUSR1}) {
    CAPTURE(signal);
    const FakeSlurm slurm;
    const std::string script = "echo begun > " + slurm.folder.file("begun") + "; while [ ! -e " +
                               slurm.folder.file("go") + " ]; do sleep 0.01; done; echo done {}";
    Process run(
        slurm.in_job({"--slurm", "--journal", slurm.folder.file("run.db"), "--sh", script, ":::", "1", "2", "3", "4"}));
    REQUIRE(run.wait_until([&] { return !slurm.folder.read("begun").empty(); }));
    run.signal(signal);
    REQUIRE(run.wait_until(
        [&] { return run.err().find("no more tasks are started, and running tasks continue") != std::string::npos; }));
    slurm.folder.write("go", "");
    const Result result = run.wait();
    INFO(result);
    CHECK(result.status == 75);
    CHECK(result.out == "done 1\n");
    CHECK(result.err.find("1 of 4 done; continue with: prun retry") != std::string::npos);
    CHECK(slurm.calls().empty());

    const Result rest = run_command(slurm.in_job({"retry", slurm.folder.file("run.db")}));
    INFO(rest);
    CHECK(rest.status == 0);
    CHECK(rest.out == "done 1\ndone 2\ndone 3\ndone 4\n");
  }
}

TEST_CASE("a signal that reaches only the step of a node announces the end too, and its tasks go on") {
  const FakeSlurm slurm;
  Process run(slurm.in_job({"imap", "--slurm", "sleep", "0.2", "0.5", "0.6", "0.7", "--output", "jsonl"}));
  REQUIRE(run.wait_for_lines(1));  // so the workers run
  const auto agents = agents_of(run.pid());
  REQUIRE(agents.size() == 1);
  std::vector<pid_t> step = descendants_of(agents[0]);
  step.push_back(agents[0]);
  for (const pid_t pid : step) ::kill(pid, SIGUSR1);  // as Slurm does
  const Result result = run.wait();
  INFO(result);
  CHECK(result.status == 75);
  CHECK(result.err.find("received SIGUSR1") != std::string::npos);
  for (const auto& line : json_lines(result.out)) CHECK(line.contains("result"));
}

TEST_CASE("tasks that take longer than the job has are stopped in time, and are not done") {
  const FakeSlurm slurm(3);
  Process run(slurm.in_job({"--slurm", "--journal", slurm.folder.file("run.db"), "--sh",
                            "echo > " + slurm.folder.file("begun") + "; sleep 60; : {}", ":::", "1", "2"}));
  REQUIRE(run.wait_until([&] { return !slurm.folder.read("begun").empty(); }));
  run.signal(SIGUSR1);
  const Result result = run.wait();
  INFO(result);
  CHECK(result.status == 75);
  CHECK(result.wall.count() < 30);
  CHECK(result.err.find("they are stopped") != std::string::npos);
}

TEST_CASE("a job that is queued again continues its run by itself") {
  const FakeSlurm slurm;
  const std::vector<std::string> words{"imap",     "--slurm", "--requeue", "--journal", slurm.folder.file("run.db"),
                                       "sleep",    "0.3",     "0.3",       "0.3",       "0.3",
                                       "--format", "{index}"};
  Process run(slurm.in_job(words));
  REQUIRE(run.wait_for_lines(1));
  run.signal(SIGUSR1);
  const Result first = run.wait();
  INFO(first);
  CHECK(first.status == 75);
  CHECK(slurm.calls() == "scontrol requeue 7\n");
  const Result second = run_command(slurm.in_job(words, "1", {{"SLURM_RESTART_COUNT", "1"}}));
  INFO(second);
  CHECK(second.status == 0);
  CHECK(second.out == "0\n1\n2\n3\n");
  CHECK(slurm.calls() == "scontrol requeue 7\n");
}

TEST_CASE("with --deadline slurm no task starts that would not finish in time") {
  const FakeSlurm slurm(3);
  std::vector<std::string> words{"imap", "--slurm", "--deadline", "slurm", "--output", "jsonl", "sleep"};
  for (int i = 0; i < 100; ++i) words.emplace_back("0.4");
  const Result run = run_command(slurm.in_job(words));
  INFO(run);
  CHECK(run.status == 75);
  const auto lines = json_lines(run.out);
  CHECK_FALSE(lines.empty());
  CHECK(lines.size() < 20);
  for (const auto& line : lines) CHECK(line.contains("result"));  // none was stopped
  CHECK(run.err.find("the Slurm job has no time for more") != std::string::npos);
}

TEST_CASE("outside a job prun asks for one, and releases it") {
  const FakeSlurm slurm;
  const Result run = run_command(slurm.outside({"--slurm", "-N", "4", "map", "fib", "1..9", "--format", "{result}"}));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == run_prun({"map", "fib", "1..9", "--format", "{result}"}).out);
  CHECK(run.err.find("waiting for nodes from Slurm: salloc --no-kill --kill-command=TERM -N 4 --exclusive\n") !=
        std::string::npos);
  CHECK(slurm.calls().starts_with("salloc --no-kill --kill-command=TERM -N 4 --exclusive /"));
  CHECK(slurm.calls().ends_with("\nreleased\n"));

  const Result failed = run_command(slurm.outside({"map", "--slurm=-p debug", "factorize", "0"}));
  INFO(failed);
  CHECK(failed.status == 1);
  CHECK(slurm.calls().find("salloc --no-kill --kill-command=TERM -p debug /") != std::string::npos);
}

TEST_CASE("the nodes are released also if salloc is killed") {
  const FakeSlurm slurm;
  Process run(slurm.outside({"imap", "--slurm", "sleep", "300"}));
  REQUIRE(run.wait_until([&] { return descendants_of(run.pid()).size() > 3; }));
  run.signal(SIGKILL);
  const Result result = run.wait();
  INFO(result);
  CHECK(slurm.calls().find("scancel --quiet 7\n") != std::string::npos);
}

TEST_CASE("options of Slurm without Slurm say what they need") {
  const Folder empty;
  Command command = prun_command({"map", "fib", "1..3", "--slurm"});
  command.environment = {{"PATH", empty.path().string()}};
  const Result none = run_command(std::move(command));
  INFO(none);
  CHECK(none.status == 2);
  CHECK(none.err.find("there is no program salloc on PATH") != std::string::npos);
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--deadline", "slurm"}, {"--nodes", "2"}}) {
    std::vector<std::string> words{"map", "fib", "1..3"};
    words.insert(words.end(), more.begin(), more.end());
    const Result run = run_prun(words);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.err.find("needs --slurm") != std::string::npos);
  }
}
