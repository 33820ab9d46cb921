// Runs on several machines, as far as they can be tried on one: the launcher starts agents here. What needs real hosts is in
// tests/cluster/hosts.
#include "prun_support.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

/// The words behind `arguments` that make two agents of this machine take part.
std::vector<std::string> with_agents(std::vector<std::string> arguments, const std::string& launcher = "env {agent}",
                                     const std::string& hosts = "left:1,right:1") {
  for (const std::string& word : {std::string("--hosts"), hosts, std::string("--launcher"), launcher})
    arguments.push_back(word);
  return arguments;
}

/// A command for each input, run by the agents only.
std::vector<std::string> commands_on_agents(const std::vector<std::string>& command,
                                            const std::vector<std::string>& inputs,
                                            std::vector<std::string> options = {}) {
  options.emplace_back("--no-local");
  std::vector<std::string> words = with_agents(std::move(options));
  words.insert(words.end(), command.begin(), command.end());
  words.emplace_back(":::");
  words.insert(words.end(), inputs.begin(), inputs.end());
  return words;
}

std::set<std::string> hosts_in(const std::string& out) {
  std::set<std::string> hosts;
  for (const auto& line : json_lines(out)) hosts.insert(line.at("host").get<std::string>());
  return hosts;
}

/// The agents of a run that have started their workers.
std::vector<pid_t> agents_of(pid_t head) {
  std::vector<pid_t> agents;
  for (const pid_t pid : descendants_of(head)) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    const bool below_another = std::ranges::any_of(agents, [pid](pid_t agent) {
      const auto below = descendants_of(agent);
      return std::ranges::find(below, pid) != below.end();
    });
    if (!below_another && words.ends_with(std::string("agent\0", 6)) && descendants_of(pid).size() > 1)
      agents.push_back(pid);
  }
  return agents;
}

/// A launcher that is a script of the test's own. `$1` is the host, the rest is the agent's command.
struct Launcher {
  explicit Launcher(const std::string& script) { folder.write("launch", script); }
  [[nodiscard]] std::string words() const { return "sh " + folder.file("launch") + " {host} {agent}"; }
  Folder folder;
};

}  // namespace

TEST_CASE("every mode gives on several machines what it gives on one") {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"map", "fib", "1..20"},
                                             {"map", "ackermann", "0..2,0..3"},
                                             {"starmap", "ackermann", "[2, 3]", "[1, 5]", "[2, 2]"},
                                             {"imap", "identity", "a", "{\"b\": [1, null]}", "2.5"},
                                             {"submit", "fib(8)", "ackermann(2, 3)", "factorize(360)"},
                                             {"apply", "fib", "20"}}) {
    CAPTURE(words.front());
    std::vector<std::string> plain = words;
    plain.insert(plain.end(), {"--format", "{function} {args} {result}"});
    const Result here = run_prun(plain);
    const Result there = run_prun(with_agents(plain));
    const Result only_there = run_prun([&] {
      auto all = with_agents(plain);
      all.emplace_back("--no-local");
      return all;
    }());
    INFO(there);
    CHECK(here.status == 0);
    CHECK(there.status == 0);
    CHECK(there.out == here.out);
    INFO(only_there);
    CHECK(only_there.status == 0);
    CHECK(only_there.out == here.out);
    CHECK(only_there.err.empty());
  }
}

TEST_CASE("seeds, attempts and indexes do not depend on the machine that runs a task") {
  const std::vector<std::string> words{"imap_unordered", "pi_monte_carlo",  "1000..1040", "--seed", "5",
                                       "--format",       "{index} {result}"};
  auto there = with_agents(words);
  there.emplace_back("--no-local");
  auto lines = [](const Result& run) {
    auto all = lines_of(run.out);
    std::sort(all.begin(), all.end());
    return all;
  };
  const Result far = run_prun(there);
  INFO(far);
  CHECK(lines(far) == lines(run_prun(words)));
}

TEST_CASE("all machines take part, and every outcome names its host") {
  const Result run = run_prun(with_agents(
      {"imap_unordered", "sleep", "-j", "1", "--output", "jsonl", "0.2", "0.2", "0.2", "0.2", "0.2", "0.2"}));
  INFO(run);
  CHECK(run.status == 0);
  const auto hosts = hosts_in(run.out);
  CHECK(hosts.size() == 3);
  CHECK(hosts.contains("left"));
  CHECK(hosts.contains("right"));
}

TEST_CASE("commands run on nodes, with their outputs, their failures and large outputs") {
  const Result run = run_prun(commands_on_agents({"sh", "-c", "echo out-$1; [ $1 != 3 ]", "x", "{}"}, {"1", "2", "3"}));
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.out == "out-1\nout-2\nout-3\n");
  const Result large = run_prun(commands_on_agents({"sh", "-c", "yes | head -c 3000000", "{}"}, {"a"}));
  CHECK(large.status == 0);
  CHECK(large.out.size() == 3'000'000);
}

TEST_CASE("a call that fails on a node fails as it does here") {
  const Result run = run_prun({"imap", "factorize", "6", "0", "--output", "jsonl"});
  const Result there = run_prun(with_agents({"imap", "factorize", "6", "0", "--output", "jsonl", "--no-local"}));
  INFO(there);
  REQUIRE(json_lines(run.out).size() == 2);
  REQUIRE(json_lines(there.out).size() == 2);
  CHECK(there.status == run.status);
  CHECK(json_lines(there.out)[0].at("result") == json_lines(run.out)[0].at("result"));
  CHECK(json_lines(there.out)[1].at("error").at("message") == json_lines(run.out)[1].at("error").at("message"));
}

TEST_CASE("text that a login shell prints before the agent starts does no harm") {
  const Launcher noisy("echo Welcome to $1; printf 'no newline'; shift; exec \"$@\"\n");
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--no-local", "--format", "{result}"}, noisy.words()));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == run_prun({"map", "fib", "1..9", "--format", "{result}"}).out);
}

TEST_CASE("an agent of another build is refused by name, and the other machines do the work") {
  const Launcher other(
      "if [ $1 = left ]; then echo '#prun-agent 1 9.9 feedbeef 4'; cat; else shift; exec \"$@\"; fi\n");
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--format", "{result}", "--no-local"}, other.words()));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.find("left is not used: its prun 9.9 (build feedbeef) is another build") != std::string::npos);
}

TEST_CASE("an agent of another protocol is refused by name") {
  const Launcher other("echo '#prun-agent 99 9.9'; cat\n");
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--no-local"}, other.words()));
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.err.find("its prun 9.9 speaks version 99") != std::string::npos);
  CHECK(run.err.find("no host is left that could run the tasks") != std::string::npos);
}

TEST_CASE("a launcher that fails is quoted, and this machine does the work") {
  const Launcher broken("echo \"no route to $1\" >&2; exit 255\n");
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--format", "{result}"}, broken.words(), "left"));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == run_prun({"map", "fib", "1..9", "--format", "{result}"}).out);
}

TEST_CASE("a run without any machine that works ends with status 3 and says why") {
  const Launcher broken("echo \"no route to $1\" >&2; exit 255\n");
  const Result run =
      run_prun(with_agents({"map", "fib", "1..9", "--no-local", "--output", "jsonl"}, broken.words(), "left"));
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.err.find("the launcher exited with status 255: no route to left") != std::string::npos);
  CHECK(run.out.empty());
}

TEST_CASE("a launcher that does not exist is an error at once") {
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--no-local"}, "/no/such/launcher {agent}", "left"));
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.err.find("its launcher cannot be started: /no/such/launcher") != std::string::npos);
}

TEST_CASE("tasks of a killed agent run again, once each") {
  Command command = prun_command(with_agents({"imap", "--output", "jsonl", "--no-local"}));
  for (int i = 0; i < 200; ++i) command.input += "[\"sleep\", 0.02]\n";
  Process run(std::move(command));
  REQUIRE(run.wait_for_lines(20));
  const auto agents = agents_of(run.pid());
  REQUIRE_FALSE(agents.empty());
  REQUIRE(::kill(agents.front(), SIGKILL) == 0);
  const Result result = run.wait();
  INFO(result);
  CHECK(result.status == 0);
  const auto lines = json_lines(result.out);
  REQUIRE(lines.size() == 200);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i].at("index") == i);
  CHECK(result.err.find("is lost: its agent ended") != std::string::npos);
}

TEST_CASE("a silent agent is lost after its time, and the other one finishes the run") {
  Command command = prun_command(with_agents({"imap", "--output", "jsonl", "--no-local", "--host-timeout", "600ms"}));
  for (int i = 0; i < 100; ++i) command.input += "[\"sleep\", 0.02]\n";
  Process run(std::move(command));
  REQUIRE(run.wait_for_lines(10));
  const auto agents = agents_of(run.pid());
  REQUIRE_FALSE(agents.empty());
  REQUIRE(::kill(agents.front(), SIGSTOP) == 0);
  const Result result = run.wait();
  INFO(result);
  CHECK(result.status == 0);
  CHECK(json_lines(result.out).size() == 100);
  CHECK(result.err.find("no sign of life for 0.6 s") != std::string::npos);
}

TEST_CASE("no process of a run is left after its head was killed") {
  Command command = prun_command(with_agents({"imap", "sleep", "300", "301", "302", "303", "--no-local"}));
  Process run(std::move(command));
  REQUIRE(run.wait_until([&] { return agents_of(run.pid()).size() == 2; }));
  const Witness witness(descendants_of(run.pid()));
  REQUIRE(::kill(run.pid(), SIGKILL) == 0);
  CHECK(witness.all_ended_within(std::chrono::seconds(30)));
}

TEST_CASE("Ctrl-C ends the commands of all machines and reports what is done") {
  const Folder folder;
  const std::string script = "trap 'echo ended; exit 3' INT; echo > " + folder.file("begun") + "-$1; sleep 300 & wait";
  Process run(prun_command(
      commands_on_agents({"sh", "-c", script, "x", "{}"}, {"1", "2"}, {"--output", "jsonl", "--grace", "5s"})));
  REQUIRE(run.wait_until([&] { return !folder.read("begun-1").empty() && !folder.read("begun-2").empty(); }));
  const Witness witness(descendants_of(run.pid()));
  REQUIRE(::kill(run.pid(), SIGINT) == 0);
  const Result result = run.wait();
  INFO(result);
  CHECK(result.status == 130);
  const auto lines = json_lines(result.out);
  REQUIRE(lines.size() == 2);
  for (const auto& line : lines) CHECK(line.at("result").at("stdout") == "ended\n");
  CHECK(witness.all_ended_within(std::chrono::seconds(30)));
}

TEST_CASE("what a function prints on a node does not damage the run") {
  Folder folder;
  folder.write("noisy.py", "def noisy(x):\n    print('text', flush=True)\n    return x + 1\n");
  const Result run =
      run_prun(with_agents({"map", folder.file("noisy.py") + ":noisy", "1..9", "--no-local", "--format", "{result}"}));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "2\n3\n4\n5\n6\n7\n8\n9\n10\n");
}

TEST_CASE("a journal of a run on several machines continues on one") {
  const Folder folder;
  const std::string journal = folder.file("run.db");
  const Result first = run_prun(with_agents({"imap", "fib", "1..9", "--no-local", "--journal", journal}));
  INFO(first);
  CHECK(first.status == 0);
  const Result again = run_prun({"imap", "fib", "1..9", "--journal", journal, "--resume", "--format", "{result}"});
  INFO(again);
  CHECK(again.status == 0);
  CHECK(again.out == run_prun({"imap", "fib", "1..9", "--format", "{result}"}).out);
}

TEST_CASE("every record of a run on several machines names the host") {
  const Folder folder;
  const std::string journal = folder.file("run.db");
  const Result run =
      run_prun(with_agents({"imap", "factorize", "6", "0", "--no-local", "--journal", journal, "--joblog",
                            folder.file("log"), "--trace", folder.file("run.json"), "--format", "{host} {result}{error}"},
                           "env {agent}", "left:1"));
  INFO(run);
  CHECK(run.out.starts_with("left [2,3]\nleft "));
  CHECK(run.out.find("[on left]") != std::string::npos);
  CHECK(folder.read("log").find("\n1\tleft\t") != std::string::npos);
  CHECK(folder.read("log").find("\n2\tleft\t") != std::string::npos);
  CHECK(folder.read("run.json").find("\"left: worker ") != std::string::npos);

  const Result trace = run_prun({"trace", journal, folder.file("again.json")});
  INFO(trace);
  CHECK(folder.read("again.json").find("\"left: worker ") != std::string::npos);
  const Result report = run_prun({"report", journal, folder.file("run.html")});
  INFO(report);
  CHECK(folder.read("run.html").find("\"left: worker ") != std::string::npos);
  CHECK(run_prun({"journal", journal}).out.find("[on left]") != std::string::npos);
}

TEST_CASE("an outcome that an earlier run has recorded keeps its host") {
  const Folder folder;
  const std::vector<std::string> words{"imap", "fib", "1..3", "--no-local", "--output", "jsonl", "--journal",
                                       folder.file("run.db"), "--resume"};
  REQUIRE(run_prun(with_agents(words, "env {agent}", "gone:1")).status == 0);
  const Result again = run_prun(with_agents(words, "env {agent}", "left:1"));
  INFO(again);
  CHECK(hosts_in(again.out) == std::set<std::string>{"gone"});
}

TEST_CASE("options that are for one machine are refused with --hosts") {
  for (const char* option : {"--delay=1", "--load=1", "--memfree=1M"}) {
    const Result run = run_prun(with_agents({"map", "fib", "1..3", option}));
    CAPTURE(option);
    CHECK(run.status == 2);
    CHECK(run.err.find("--hosts and --") != std::string::npos);
  }
}

TEST_CASE("a file of hosts must be a file that names one") {
  const TemporaryFile empty("# none\n");
  for (const std::string& path : {empty.path(), std::string("/tmp")}) {
    const Result run = run_prun({"map", "fib", "1..3", "--no-local", "--hosts-file", path});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.find(path) != std::string::npos);
  }
}

TEST_CASE("an agent is not for terminals and ends with its input") {
  const Result run = run_prun({"agent"});
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.out.starts_with("\n#prun-agent 1 "));
}
