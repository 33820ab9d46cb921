// Runs on several machines, as far as they can be tried on one: the launcher starts agents here. What needs real hosts is in
// tests/cluster/hosts.
#include "agents_support.hpp"
#include "prun_support.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
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

/// A launcher that is a script of the test's own. `$1` is the host, the rest is the agent's command.
struct Launcher {
  explicit Launcher(const std::string& script) { folder.write("launch", script); }
  [[nodiscard]] std::string command() const { return "sh " + folder.file("launch"); }
  [[nodiscard]] std::string words() const { return command() + " {host} {agent}"; }
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
  CHECK(run.err.find("; try it with: " + broken.command() + " left /") != std::string::npos);
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
  const Result run = run_prun(
      with_agents({"imap", "factorize", "6", "0", "--no-local", "--journal", journal, "--joblog", folder.file("log"),
                   "--trace", folder.file("run.json"), "--format", "{host} {result}{error}"},
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
  const std::vector<std::string> words{
      "imap", "fib", "1..3", "--no-local", "--output", "jsonl", "--journal", folder.file("run.db"), "--resume"};
  REQUIRE(run_prun(with_agents(words, "env {agent}", "gone:1")).status == 0);
  const Result again = run_prun(with_agents(words, "env {agent}", "left:1"));
  INFO(again);
  CHECK(hosts_in(again.out) == std::set<std::string>{"gone"});
}

TEST_CASE("a host that lacks prun gets it, and keeps it for the next run") {
  const Folder folder;
  const auto run = [&folder] {
    Command command =
        prun_command(with_agents({"map", "identity", "x", "--no-local", "--copy-prun", "--format", "{host}"},
                                 "env HOME=" + folder.path().string() + " {agent}", "left:1"));
    command.environment = {{"XDG_CACHE_HOME", ""}};
    return run_command(std::move(command));
  };
  const Result first = run();
  INFO(first);
  CHECK(first.status == 0);
  CHECK(first.out == "left\n");
  std::vector<std::filesystem::path> kept;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / ".cache/prun")) {
    if (entry.is_regular_file()) kept.push_back(entry.path());
  }
  REQUIRE(kept.size() == 1);
  CHECK(std::filesystem::file_size(kept[0]) == std::filesystem::file_size(prun_binary()));
  const auto written = std::filesystem::last_write_time(kept[0]);
  const Result second = run();
  INFO(second);
  CHECK(second.status == 0);
  CHECK(std::filesystem::last_write_time(kept[0]) == written);
}

TEST_CASE("a host without room for a copy of prun says so") {
  const Result run = run_prun(with_agents({"map", "fib", "1..9", "--no-local", "--copy-prun"},
                                          "env XDG_CACHE_HOME=/dev/full {agent}", "left:1"));
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.err.find("/dev/full") != std::string::npos);
}

namespace {

/// A folder of the head and one of the node, which is this machine too.
struct TwoFolders {
  /// prun in the folder of the head, with one agent in that of the node.
  [[nodiscard]] Result run(std::vector<std::string> words) const {
    Command command;
    command.arguments = {"sh", "-c", "cd \"$0\" && exec \"$@\"", head.path().string(), prun_binary()};
    std::vector<std::string> more{"--hosts", "left:1", "--launcher", "env {agent}", "--no-local"};
    if (std::ranges::find(words, "--host-dir") == words.end())
      more.insert(more.end(), {"--host-dir", node.path().string()});
    const auto sign = std::ranges::find(words, ":::");
    words.insert(sign == words.end() ? words.end() : words.begin(), more.begin(), more.end());
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    return run_command(std::move(command));
  }
  Folder head;
  Folder node;
};

}  // namespace

TEST_CASE("files go to a host with their task, come back, and are removed there") {
  const TwoFolders folders;
  const std::string large(3'000'000, 'x');
  folders.head.write("in/1.txt", "one");
  folders.head.write("in/2.txt", large);
  folders.node.write("in/kept", "");
  const Result run =
      folders.run({"--trc", "{.}.out", "tr a-z A-Z < {} > {.}.out; echo {/}", ":::", "in/1.txt", "in/2.txt"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1.txt\n2.txt\n");
  CHECK(folders.head.read("in/1.out") == "ONE");
  CHECK(folders.head.read("in/2.out") == std::string(large.size(), 'X'));
  CHECK(folders.head.read("in/1.txt") == "one");
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folders.node / "in"))
    left.push_back(entry.path().filename());
  CHECK(left == std::vector<std::string>{"kept"});
}

TEST_CASE("a file that cannot be sent, or does not come back, fails its task and no other") {
  const TwoFolders folders;
  folders.head.write("1", "one");
  const Result unsent = folders.run({"--transfer", "cat {}", ":::", "1", "2"});
  INFO(unsent);
  CHECK(unsent.status == 1);
  CHECK(unsent.out == "one");
  CHECK(unsent.err.find("cat 2: prun::FileError: cannot read 2: No such file or directory [on left]") !=
        std::string::npos);
  CHECK(folders.node.read("1") == "one");
  const Result unmade = folders.run({"--return", "{}.out", "[ {} = 2 ] || echo {} > {}.out", ":::", "1", "2"});
  INFO(unmade);
  CHECK(unmade.status == 1);
  CHECK(unmade.err.find("the command made no file 2.out; make it, or correct") != std::string::npos);
  CHECK(folders.head.read("1.out") == "1\n");
}

TEST_CASE("a host with a full disk is refused, and its tasks run on the other host") {
  if (run_command({.arguments = {"unshare", "-rm", "true"}}).status != 0) {
    MESSAGE("SKIPPED: this machine permits no mount namespaces");
    return;
  }
  const Folder folder;
  folder.write("head/1", std::string(100'000, '1'));
  folder.write("head/2", std::string(100'000, '2'));
  folder.write("node/kept", "");
  // The FIFO ends when the agent of the full host has ended. The other agent starts then.
  REQUIRE(::mkfifo((folder / "end").c_str(), 0600) == 0);
  folder.write("launch", R"(host=$1 folder=$2
shift 2
case $host in
  left) exec 9> "$folder/end" ;;
  alone) ;;
  right) cat "$folder/end"; exec "$@" ;;
esac
exec unshare -rm sh -c 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"' "$folder/node" "$@"
)");
  const auto run_on = [&folder](const std::string& hosts, const std::string& option) {
    Command command;
    command.arguments = {"sh",
                         "-c",
                         "cd \"$0\" && exec \"$@\"",
                         folder.file("head"),
                         prun_binary(),
                         "--hosts",
                         hosts,
                         "--launcher",
                         "sh " + folder.file("launch") + " {host} " + folder.path().string() + " {agent}",
                         "--no-local",
                         "--host-dir",
                         folder.file("node"),
                         option,
                         "wc -c < {}",
                         ":::",
                         "1",
                         "2"};
    return run_command(std::move(command));
  };
  const Result both = run_on("left:1,right:1", "--transferfile={}");
  INFO(both);
  CHECK(both.status == 0);
  CHECK(both.out == "100000\n100000\n");
  CHECK(both.err.find("left is not used: it cannot store files: cannot write 1: No space left on device; free space") !=
        std::string::npos);
  for (const char* option : {"--transferfile={}", "--basefile=1"}) {
    const Result alone = run_on("alone:1", option);
    INFO(alone);
    CHECK(alone.status == 3);
    CHECK(alone.err.find(
              "alone is not used: it cannot store files: cannot write 1: No space left on device; free space") !=
          std::string::npos);
  }
}

TEST_CASE("a host that shares the folder keeps what was there before, whatever --cleanup removes") {
  const TwoFolders folders;
  folders.head.write("1", "one");
  std::filesystem::create_hard_link(folders.head / "1", folders.head / "same");
  const Result run =
      folders.run({"--host-dir", folders.head.path().string(), "--trc", "{}", "printf 2 >> {}", ":::", "1"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(folders.head.read("1") == "one2");
  CHECK(std::filesystem::hard_link_count(folders.head / "1") == 2);
}

TEST_CASE("a FIFO in the place of a file to send or to return fails its task, and nothing waits for it") {
  const TwoFolders folders;
  REQUIRE(::mkfifo((folders.head / "fifo").c_str(), 0600) == 0);
  folders.head.write("file", "text");
  const Result run = folders.run({"--transfer", "cat {}", ":::", "fifo", "file"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.out == "text");
  CHECK(run.err.find("cannot read fifo: it is not a regular file") != std::string::npos);
  const Result returned = folders.run({"--return", "{}.out", "mkfifo {}.out", ":::", "1"});
  INFO(returned);
  CHECK(returned.status == 1);
  CHECK(returned.err.find("it is not a regular file") != std::string::npos);
}

TEST_CASE("a base file that is missing is an error before a host is asked") {
  const Result run = run_prun({"map", "fib", "1..3", "--hosts", "left:1", "--launcher", "no-such-launcher {agent}",
                               "--basefile", "/no/such/file"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("--basefile: cannot read /no/such/file: No such file or directory") != std::string::npos);
}

TEST_CASE("Python files that the command line names, and base files, are sent along") {
  const TwoFolders folders;
  folders.head.write("mine.py", "def mine(x):\n    return open('base').read() + str(x)\n");
  folders.head.write("base", "n");
  const Result run = folders.run({"map", "mine.py:mine", "1..3", "--basefile", "base", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "n1\nn2\nn3\n");
  CHECK_FALSE(folders.node.read("mine.py").empty());
}

TEST_CASE("the shell of PRUN_SHELL runs the scripts on hosts too") {
  const Folder folder;
  std::filesystem::create_symlink("/bin/sh", folder / "shell");
  std::vector<std::string> words = with_agents({"--no-local"}, "env -u PRUN_SHELL {agent}", "left:1");
  words.insert(words.end(), {"--sh", "echo $0 {}", ":::", "1"});
  Command command = prun_command(std::move(words));
  command.environment = {{"PRUN_SHELL", folder.file("shell")}};
  const Result run = run_command(std::move(command));
  INFO(run);
  CHECK(run.out == "shell 1\n");
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

TEST_CASE("an agent that hears no other prun says who starts it") {
  for (const std::string& input : {std::string(), std::string("garbage\n")}) {
    const Result run = run_prun({"agent"}, input);
    INFO(run);
    CHECK(run.status == 3);
    CHECK(run.out.starts_with("\n#prun-agent 1 "));
    CHECK(run.err.find("another prun starts prun agent") != std::string::npos);
  }
  CHECK(run_prun({"agent", "--help"}).status == 0);
  CHECK(run_prun({"agent", "x"}).status == 2);
}

TEST_CASE("a launcher may be a shell with the agent as its script") {
  const Result run =
      run_prun(with_agents({"map", "identity", "x", "--no-local", "--format", "{host}"}, "sh -c {agent}", "left:1"));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "left\n");
}

TEST_CASE("a host whose launcher failed before the run ended is named") {
  const Folder folder;
  const Launcher broken("echo 'no such option' >&2; echo > " + folder.file("ended") + "; exit 2\n");
  const std::string waits = "while [ ! -e " + folder.file("ended") + " ]; do sleep 0.01; done; sleep 0.1; : {}";
  std::vector<std::string> words = with_agents({"-j1"}, broken.words(), "left:1");
  for (const std::string& word : {std::string("--sh"), waits, std::string(":::"), std::string("1")})
    words.push_back(word);
  const Result run = run_prun(words);
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.find("left") != std::string::npos);
  CHECK(run.err.find("the launcher exited with status 2: no such option") != std::string::npos);
}

TEST_CASE("a time limit from the median of all machines holds on all of them") {
  const Result run = run_prun(with_agents({"imap", "sleep", "0.01", "0.01", "0.01", "0.01", "0.01", "0.01", "60",
                                           "--timeout", "3x", "--no-local", "--output", "jsonl"}));
  INFO(run);
  CHECK(run.status == 1);
  REQUIRE(json_lines(run.out).size() == 7);
  CHECK(json_lines(run.out)[6].at("error").at("kind") == "timeout");
}
