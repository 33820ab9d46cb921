// Retries, time-outs, limits, early ends, signals: as a user sees them.
#include "run_prun.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

using namespace prun::test;

namespace {

/// A file that tasks append to, so that a test sees which ran.
class Trace {
 public:
  Trace() : path_(std::filesystem::temp_directory_path() / ("prun-trace-" + std::to_string(::getpid()))) { clear(); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { clear(); }
  [[nodiscard]] std::string path() const { return path_; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream file(path_);
    return lines_of({std::string(std::istreambuf_iterator<char>(file), {})});
  }

 private:
  void clear() const { std::filesystem::remove(path_); }
  std::filesystem::path path_;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("only the task that takes too long fails, with its name") {
  const Result result = run({"imap", "sleep", "0.01", "60", "0.02", "--timeout", "300ms"});
  CHECK(result.status == 1);
  CHECK(lines_of(result.out).size() == 2);
  CHECK(contains(result.err, "sleep(60): ran longer than 0.3 s; worker "));
  CHECK(result.wall < std::chrono::seconds(10));
}

TEST_CASE("processes that a timed-out task has started end with it") {
  const Trace trace;
  const Result result = run(
      {"imap", "--timeout", "500ms", "--sh", "trap '' TERM; sleep 1000 & echo $! >> " + trace.path() + "; wait", "1"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "ran longer than 0.5 s"));
  REQUIRE(trace.lines().size() == 1);
  CHECK(Witness({std::stoi(trace.lines()[0])}).all_ended_within(std::chrono::seconds(10)));
}

TEST_CASE("in a chunk only the task that takes too long fails") {
  const Result result =
      run({"imap", "sleep", "0", "0", "60", "0", "--chunksize", "4", "--timeout", "300ms", "--output", "jsonl"});
  const auto lines = json_lines(result.out);
  REQUIRE(lines.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(lines[i].contains("result") == (i != 2));
  CHECK(lines[2]["error"]["kind"] == "timeout");
}

TEST_CASE("a task whose worker dies is tried again") {
  const Trace trace;
  const std::string once =
      "echo x >> " + trace.path() + "; [ $(wc -l < " + trace.path() + ") -ge 3 ] || kill -9 $PPID; echo done";
  const auto lines =
      json_lines(run({"imap", "--retries", "3", "--retry-delay", "1ms", "--output", "jsonl", "--sh", once, "1"}).out);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["result"]["stdout"] == "done\n");
  CHECK(lines[0]["attempt"] == 3);
  CHECK(trace.lines().size() == 3);
}

TEST_CASE("a task that always kills its worker fails alone after its retries") {
  const Result result = run({"imap", "-j", "1", "--retries", "2", "--retry-delay", "1ms", "--sh",
                             "[ $1 != bad ] || kill -9 $PPID; echo $1", "a", "bad", "b", "c"});
  CHECK(result.status == 1);
  CHECK(result.out == "a\nb\nc\n");
  CHECK(contains(result.err, "attempt 3"));
}

TEST_CASE("exceptions are retried only on request") {
  CHECK_FALSE(contains(run({"map", "fib", "92", "--retries", "2"}).err, "attempt"));
  CHECK(contains(run({"map", "fib", "92", "--retries", "2", "--retry-on", "exception", "--retry-delay", "0"}).err,
                 "attempt 3"));
}

TEST_CASE("--halt soon lets running tasks end") {
  const Result result = run({"imap", "fib", "92", "1..1000000000", "--halt", "soon,fail=1"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "prun: halted: "));
  CHECK(contains(result.err, "tasks were not started"));
}

TEST_CASE("--halt now stops running tasks") {
  const Result failed =
      run({"imap", "-j", "2", "--halt", "now,fail=1", "--sh", "sleep {}; exit 1", "0", "1000", "1000"});
  CHECK(failed.status == 1);
  const Result won =
      run({"imap_unordered", "-j", "2", "--halt", "now,success=1", "--sh", "sleep {}; echo won", "1000", "0", "1000"});
  CHECK(won.status == 0);
  CHECK(won.out == "won\n");
}

TEST_CASE("no command starts after the one that halts the run") {
  for (const std::string when : {"soon", "now"}) {
    const Result first = run({"imap", "-j", "1", "--halt", when + ",fail=1", "--sh", "echo {}; false", "1..12"});
    INFO(first);
    CHECK(first.out == "1\n");
    CHECK(contains(first.err, "prun: halted: 0 succeeded, 1 failed; 11 tasks were not started\n"));
  }
  const Result second =
      run({"map", "-j", "1", "--chunksize", "1", "--halt", "soon,done=2", "--cmd", "echo {}", "1..6"});
  CHECK(second.out == "1\n2\n");
  const Result share = run({"imap", "-j", "1", "--halt", "soon,fail=50%", "--sh", "echo {}; false", "1..5"});
  CHECK(share.out == "1\n2\n3\n");
}

TEST_CASE("a run that is halted by the successes it waited for has succeeded") {
  const Result result = run({"imap", "-j", "1", "--halt", "now,success=1", "--sh", "exit {}", "1", "0", "0"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(run({"imap", "-j", "1", "--halt", "now,success=2", "--sh", "exit {}", "1", "0"}).status == 1);
}

TEST_CASE("the message of a halt says that input was not read") {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "input\n";
  const Result result = run({"imap", "-j", "1", "--halt", "soon,fail=1", "--sh", "false {}", "-"}, lines);
  INFO(result);
  CHECK(contains(result.err, "the rest of the input was not read"));
}

TEST_CASE("--deadline ends the run") {
  const Result result = run({"imap", "--deadline", "300ms", "sleep", "0", "1000", "1000"});
  CHECK(result.status == 1);
  CHECK(lines_of(result.out).size() == 1);
  CHECK(contains(result.err, "prun: deadline of 0.3 s reached: 2 tasks were not started\n"));
}

TEST_CASE("limits of CPU time and stack end the task that exceeds them") {
  const Result cpu = run({"imap", "fib", "10", "60", "11", "--cpu-limit", "200ms"});
  CHECK(lines_of(cpu.out).size() == 2);
  CHECK(contains(cpu.err, "fib(60): exceeded its CPU time limit"));
  CHECK(contains(run({"imap", "--stack-size", "256K", "ackermann", "[2,2]", "[3,9]"}).err, "stack"));
}

#if !defined(__SANITIZE_ADDRESS__)  // its shadow takes more memory than there may be
TEST_CASE("a memory limit ends the task that exceeds it") {
  const auto memory =
      json_lines(run({"imap", "matmul_checksum", "4000", "2", "--memory-limit", "100M", "--output", "jsonl"}).out);
  REQUIRE(memory.size() == 2);
  CHECK(memory[0]["error"]["kind"] == "out_of_memory");
  CHECK(memory[1].contains("result"));
}

TEST_CASE("a task that ran out of memory is retried, and finally reported as out_of_memory") {
  const auto lines = json_lines(run({"imap", "matmul_checksum", "2", "4000", "3", "--memory-limit", "100M", "--retries",
                                     "2", "--retry-delay", "1ms", "--output", "jsonl"})
                                    .out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1]["error"]["kind"] == "out_of_memory");
  CHECK(lines[1]["attempt"] == 3);
  CHECK(lines[2].contains("result"));
}
#endif

TEST_CASE("JSON has the resource usage") {
  const auto lines = json_lines(run({"imap", "fib", "27", "--output", "jsonl"}).out);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["usage"]["user"].get<double>() + lines[0]["usage"]["system"].get<double>() > 0);
  CHECK(lines[0]["usage"]["max_rss"].get<std::int64_t>() > 100'000);
}

TEST_CASE("all tasks run with --admit memory") {
  const Result result = run({"imap", "-j", "3", "--admit", "memory", "--format", "{result}", "identity", "1..50"});
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 50);
  const Result commands = run({"imap", "-j", "3", "--admit", "memory", "--sh", "echo {}", "a", "b", "c", "d"});
  CHECK(commands.out == "a\nb\nc\nd\n");
}

TEST_CASE("an attempt that ended with its worker has its start time and its usage") {
  const auto lines =
      json_lines(run({"imap", "--output", "jsonl", "-j", "1", "--timeout", "300ms", "fib", "20", "60", "21"}).out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1]["error"]["kind"] == "timeout");
  CHECK(lines[1]["started"].is_string());
  CHECK(lines[1]["usage"]["user"].get<double>() > 0.05);
  CHECK(lines[1]["usage"]["user"].get<double>() < 10);
  CHECK(lines[1]["usage"]["max_rss"].get<std::int64_t>() > 100'000);
  const auto lost = json_lines(
      run({"imap", "--output", "jsonl", "-j", "1", std::string(PRUN_TEST_PLUGIN_DIR) + "/native/kinds.so:die", "9"})
          .out);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0]["started"].is_string());
  CHECK(lost[0].contains("usage"));
}

TEST_CASE("a command that ended with its worker has no known usage") {
  const auto lines = json_lines(run({"imap", "--output", "jsonl", "--sh", "kill -9 $PPID; sleep 300", "1"}).out);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["error"]["kind"] == "lost_signal");
  CHECK_FALSE(lines[0].contains("usage"));
}

TEST_CASE("the usage of a command does not include its worker") {
  const auto lines =
      json_lines(run({"imap", "--output", "jsonl", "--cmd", "python3 -c 'print(len(bytearray({})))'", "60000000"}).out);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["usage"]["max_rss"] == lines[0]["result"]["max_rss"]);
  CHECK(lines[0]["usage"]["max_rss"].get<std::int64_t>() > 40'000'000);
}

TEST_CASE("--delay makes a pause between starts") {
  const Result result = run({"imap", "--delay", "50ms", "-j", "4", "identity", "1..5"});
  CHECK(result.status == 0);
  CHECK(result.wall >= std::chrono::milliseconds(200));
}

TEST_CASE("SIGQUIT and SIGUSR1 print what the workers do, and the run continues") {
  for (const int signal : {SIGQUIT, SIGUSR1}) {
    const Trace trace;
    Process prun(prun_command({"imap", "-j", "1", "--ungroup", "--sh",
                               "echo here; until [ -e " + trace.path() + " ]; do sleep 0.01; done", "x"}));
    REQUIRE(prun.wait_for_lines(1));
    prun.signal(signal);
    REQUIRE(prun.wait_until([&] { return contains(prun.err(), "0 of 1 task done, 0 failed, 1 running"); }));
    CHECK(contains(prun.err(), ": task 0, echo here; until"));
    CHECK(contains(prun.err(), ", for 0s, "));
    std::ofstream(trace.path()) << "go\n";
    CHECK(prun.wait().status == 0);
  }
}

TEST_CASE("`pkill -9 prun` leaves nothing behind, not even of a run that has just begun") {
  const std::string script = "sleep 300 & echo $!; wait";
  const std::vector<std::vector<std::string>> forms{{"--ungroup", "-j", "1", script, ":::", "x"},
                                                    {"apply", "libc.so.6:system(char*)->int", script}};
  for (const auto& form : forms) {
    Process prun(prun_command(form));
    REQUIRE(prun.wait_for_lines(1));
    const Witness started({static_cast<pid_t>(std::stoi(prun.out()))});
    std::vector<pid_t> killed{prun.pid()};
    for (const pid_t pid : descendants_of(prun.pid())) {
      if (name_of(pid).starts_with("prun")) killed.push_back(pid);
    }
    for (const pid_t pid : killed) ::kill(pid, SIGKILL);
    CHECK(started.all_ended_within(std::chrono::seconds(5)));
  }
}

TEST_CASE("workers stop and continue with a stopped prun") {
  // One process: a shell whose child is stopped between vfork and exec is not in state T itself.
  Process prun(
      prun_command({"imap", "-j", "1", "--ungroup", "--timeout", "60s", "--sh", "echo $$; exec sleep 300", "x"}));
  REQUIRE(prun.wait_for_lines(1));
  const pid_t command = std::stoi(prun.out());
  const auto state_of = [](pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    return text.empty() ? '?' : text[text.rfind(')') + 2];
  };
  prun.signal(SIGTSTP);
  CHECK(prun.wait_until([&] { return state_of(prun.pid()) == 'T' && state_of(command) == 'T'; }));
  prun.signal(SIGCONT);
  CHECK(prun.wait_until([&] { return state_of(prun.pid()) != 'T' && state_of(command) != 'T'; }));
  prun.signal(SIGTERM);
  CHECK(prun.wait().status == 143);
}

TEST_CASE("processes of a function in their own group stop with prun") {
  const Folder folder;
  const std::string script = "setsid sh -c 'echo $$ > " + folder.file("pid") + "; exec sleep 300'";
  Process prun(prun_command({"map", "-j", "1", "libc.so.6:system(char*)->int", script}));
  REQUIRE(prun.wait_until([&] { return folder.read("pid").ends_with('\n'); }));
  const pid_t started = std::stoi(folder.read("pid"));
  const auto state = [&] {
    std::ifstream file("/proc/" + std::to_string(started) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    return text.empty() ? '?' : text[text.rfind(')') + 2];
  };
  prun.signal(SIGTSTP);
  CHECK(prun.wait_until([&] { return state() == 'T'; }));
  prun.signal(SIGCONT);
  CHECK(prun.wait_until([&] { return state() == 'S'; }));
  prun.signal(SIGTERM);
  CHECK(prun.wait().status == 143);
}

TEST_CASE("contradictory options are refused with a correction") {
  const auto refused = [](std::vector<std::string> arguments, std::string_view message) {
    arguments.insert(arguments.begin(), {"map", "fib", "1"});
    const Result result = run(arguments);
    CHECK(result.status == 2);
    CHECK(contains(result.err, message));
  };
  refused({"--timeout", "0"}, "--timeout takes a time such as 30s");
  refused({"--timeout", "5 parsecs"}, "--timeout takes a time such as 30s");
  refused({"--threads", "--timeout", "1s"}, "--threads and --timeout cannot be used together");
  refused({"--halt", "later"}, "--halt takes never, or soon or now");
  refused({"--halt", "now,fail=0"}, "--halt takes never, or soon or now");
  refused({"--retry-on", "crash"}, "--retry-on needs --retries N");
  refused({"--retries", "1", "--retry-on", "luck"}, "--retry-on takes crash, timeout");
  refused({"--admit", "luck"}, "--admit takes memory, not 'luck'");
  refused({"--threads", "--admit", "memory"}, "--threads and --admit cannot be used together");
  refused({"--nice", "50"}, "--nice takes a whole number from -20 to 19");
}

TEST_CASE("after a halt, the rest of a dead worker's chunk is neither run nor awaited") {
  const Result result = run({"map", "-j", "2", "--chunksize", "2", "--halt", "soon,fail=1", "--sh", "eval {}",
                             "sleep 0.1; exit 1", "true", "sleep 0.4; kill -9 $PPID", "true"});
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 1);
  CHECK(contains(result.err, " not started"));
}

TEST_CASE("after a halt, a worker begins no more calls of its chunk") {
  const Result result =
      run({"map", "-j", "1", "--chunksize", "20", "--sh", "sleep 0.05; exit 1", "1..20", "--halt", "soon,fail=1"});
  CHECK(result.status == 1);
  CHECK(lines_of(result.err).size() < 10);
}
