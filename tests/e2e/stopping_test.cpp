// How a run and its tasks are stopped: programs are asked to end, have some time, and are killed; what they wrote is kept.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Says that it runs, cleans up when it is asked to end by `signal`, and would run for longer than any test. The shell itself
/// waits, so that nothing else has to be killed first. @param mark runs when it is ready for the signal
std::string careful(const std::string& signal, const std::string& mark = "") {
  return "trap 'echo cleaned {}; exit 0' " + signal + "; echo running {}; " + mark + "while :; do sleep 0.01; done";
}

std::string stubborn(const std::string& mark = "") {
  return "trap '' TERM INT; echo running {}; " + mark + "while :; do sleep 0.01; done";
}

/// Runs until `count` commands have left a file in a folder of the test's own, then gets `signal`.
class Interrupted {
 public:
  Interrupted(std::vector<std::string> arguments, std::size_t count, std::vector<int> signals) {
    std::filesystem::create_directory(folder_);
    Command command = prun_command(std::move(arguments));
    command.environment.emplace_back("MARKS", folder_);
    Process process(std::move(command));
    const auto started = [&] {
      return std::distance(std::filesystem::directory_iterator(folder_), {}) >= static_cast<std::ptrdiff_t>(count);
    };
    while (!started() && !process.wait_until(started)) {
    }
    below_ = std::make_unique<Witness>(descendants_of(process.pid()));
    for (const int signal : signals) {
      process.signal(signal);
      if (signals.size() > 1) static_cast<void>(below_->all_ended_within(150ms));  // apart enough to count as two
    }
    result = process.wait();
  }
  ~Interrupted() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] bool all_ended() const { return below_->all_ended_within(2s); }
  Result result;

 private:
  std::string folder_ =
      std::filesystem::temp_directory_path() / ("prun-marks-" + std::to_string(::getpid()) + std::to_string(++number_));
  std::unique_ptr<Witness> below_;
  static inline int number_ = 0;
};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string mark = "touch \"$MARKS\"/{#}; ";  // for Interrupted

}  // namespace

TEST_CASE("a command that runs too long is asked to end, and its output is kept") {
  const Result result = run_prun({"imap", "--timeout", "300ms", "--grace", "20s", "--sh", careful("TERM"), "1"});
  INFO(result);
  CHECK(result.status == 1);
  CHECK(result.out == "running 1\ncleaned 1\n");
  CHECK(contains(result.err, "ran longer than 0.3 s and was terminated"));
}

TEST_CASE("a command that does not end within the grace period is killed, and its output is kept") {
  const Result result = run_prun({"imap", "--timeout", "300ms", "--grace", "50ms", "--sh", stubborn(), "1"});
  INFO(result);
  CHECK(result.status == 1);
  CHECK(result.out == "running 1\n");
  CHECK(contains(result.err, "ran longer than 0.3 s and was killed"));
}

TEST_CASE("every form of output has the output of a command that ran too long") {
  const auto run = [](std::vector<std::string> form) {
    std::vector<std::string> words{"imap", "--timeout", "300ms", "--sh", "echo out; echo err >&2; exec sleep 300", "1"};
    words.insert(words.begin() + 1, form.begin(), form.end());
    return run_prun(std::move(words)).out;
  };
  const auto line = json_lines(run({"--output", "jsonl"})).at(0);
  CHECK(line["error"]["kind"] == "timeout");
  CHECK(line["result"]["stdout"] == "out\n");
  CHECK(line["result"]["stderr"] == "err\n");
  CHECK(contains(run({"--output", "csv"}), "out"));
}

TEST_CASE("other forms of output too, with what it wrote to standard error") {
  const auto run = [](std::vector<std::string> form,
                      const std::string& script = "echo kept; echo why >&2; sleep 300; : {}") {
    form.insert(form.begin(), {"imap", "--timeout", "300ms"});
    form.insert(form.end(), {"--sh", script, "1"});
    return run_prun(std::move(form));
  };
  for (const std::vector<std::string>& form : {std::vector<std::string>{},
                                               {"--tag"},
                                               {"--line-buffer"},
                                               {"--output", "raw"},
                                               {"--output", "tsv"},
                                               {"--format", "{result}"},
                                               {"--output", "junit"}}) {
    const Result result = run(form);
    INFO(result);
    CHECK(result.status == 1);
    CHECK(contains(result.out, "kept"));
  }
  const TemporaryFile place("", ".results");
  std::filesystem::remove(place.path());
  CHECK(run({"--results", place.path()}).status == 1);
  std::string saved;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place.path())) {
    if (entry.is_regular_file()) saved += entry.path().filename().string() + '=' + content_of(entry.path()) + ';';
  }
  std::filesystem::remove_all(place.path());
  CHECK(contains(saved, "stdout=kept\n;"));
  CHECK(contains(saved, "stderr=why\n;"));
  const Result busy = run_prun({"imap", "--cpu-limit", "200ms", "--sh", "echo kept; while :; do :; done; : {}", "1"});
  CHECK(busy.out == "kept\n");
  CHECK(busy.status == 1);
}

TEST_CASE("without --grace a command has some time to clean up, and a call within prun has none") {
  const Result command = run_prun({"imap", "--timeout", "300ms", "--sh", careful("TERM"), "1"});
  CHECK(command.out == "running 1\ncleaned 1\n");
  const TemporaryFile cleaned("", ".cleaned");
  const std::string code =
      "import signal, time\n"
      "def call(x):\n"
      "    signal.signal(signal.SIGTERM, lambda *_: open('" +
      cleaned.path() +
      "', 'w').write('cleaned'))\n"
      "    time.sleep(300)\n";
  CHECK(run_prun({"imap", "--timeout", "300ms", "--python-code", code, "call", "1"}).status == 1);
  CHECK(content_of(cleaned.path()).empty());
}

TEST_CASE("many workers stop at the same time") {
  const Interrupted run({"imap", "-j", "32", "--grace", "2s", "--sh", stubborn(mark), "1..64"}, 32, {SIGTERM});
  INFO(run.result);
  CHECK_FALSE(run.result.timed_out);  // one after the other would take a minute
  CHECK(run.result.status == 143);
  CHECK(run.all_ended());
}

TEST_CASE("an interrupted gzip leaves no part of a file, and a retry compresses the rest") {
  const std::string folder = std::filesystem::temp_directory_path() / ("prun-gzip-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::vector<std::string> words{"imap", "-j", "2", "--journal", folder + "/run.db", "--cmd", "gzip -k {}"};
  for (int i = 0; i < 6; ++i) {
    words.push_back(folder + "/big" + std::to_string(i));
    std::ofstream file(words.back());
    std::uint64_t state = static_cast<std::uint64_t>(i) + 1;
    for (int word = 0; word < 1'000'000; ++word) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      file.write(reinterpret_cast<const char*>(&state), sizeof state);
    }
  }
  const auto packed = [&folder] {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".gz") all.push_back(entry.path());
    }
    return all;
  };
  Process process(prun_command(words));
  while (packed().empty() && !process.wait_until([&] { return !packed().empty(); })) {
  }
  process.signal(SIGINT);
  CHECK(process.wait().status == 130);
  const auto test = [&packed] {
    for (const std::string& file : packed()) CHECK(run_command({{"gzip", "-t", file}}).status == 0);
  };
  test();
  const Result retry = run_prun({"retry", folder + "/run.db"});
  INFO(retry);
  CHECK(retry.status == 0);
  CHECK(packed().size() == 6);
  test();
  std::filesystem::remove_all(folder);
}

TEST_CASE("a run ends although the process that started its workers is stopped") {
  const Result result = run_prun({"imap", "-j1", "--sh", "kill -STOP $(ps -o ppid= -p $PPID); echo {}", "1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(result.out == "1\n");
}

TEST_CASE("a command that an interruption stopped has this outcome, with its output") {
  const Interrupted run({"imap", "-j", "1", "--grace", "20s", "--output", "jsonl", "--sh", careful("INT", mark), "1"},
                        1, {SIGINT});
  INFO(run.result);
  const auto line = json_lines(run.result.out).at(0);
  CHECK(line["error"]["kind"] == "interrupted");
  CHECK(line["error"]["message"] == "was terminated because the run was interrupted");
  CHECK(line["result"]["stdout"] == "running 1\ncleaned 1\n");
}

TEST_CASE("a process that has left the command's process group ends with the command") {
  for (const char* script :
       {"timeout 600 sleep 600; :", "setsid sleep 600; :", "(setsid sleep 600 &) ; sleep 600; :"}) {
    Process process(prun_command({"imap", "--timeout", "500ms", "--sh", std::string(script) + " {#}", "1"}));
    REQUIRE(process.wait_until([&] { return descendants_of(process.pid()).size() >= 5; }));
    const Witness below(descendants_of(process.pid()));
    const Result result = process.wait();
    INFO(result);
    CHECK(result.status == 1);
    CHECK(below.all_ended_within(2s));
  }
}

TEST_CASE("Ctrl-C lets commands clean up") {
  const Interrupted run({"imap", "-j", "2", "--grace", "20s", "--sh", careful("INT", mark), "1", "2", "3"}, 2,
                        {SIGINT});
  INFO(run.result);
  CHECK(run.result.status == 130);
  CHECK(run.result.out == "running 1\ncleaned 1\nrunning 2\ncleaned 2\n");
  CHECK(run.result.err == "prun: interrupted: 0 of 3 done; with --journal FILE a run can be continued\n");
  CHECK(run.all_ended());
}

TEST_CASE("SIGTERM and SIGHUP reach commands as SIGTERM") {
  for (const int signal : {SIGTERM, SIGHUP}) {
    const Interrupted run({"imap", "-j", "1", "--grace", "20s", "--sh", careful("TERM", mark), "1"}, 1, {signal});
    INFO(run.result);
    CHECK(run.result.status == 128 + signal);
    CHECK(run.result.out == "running 1\ncleaned 1\n");
  }
}

TEST_CASE("a second Ctrl-C does not wait") {
  const Interrupted run({"imap", "-j", "2", "--grace", "1h", "--sh", stubborn(mark), "1", "2"}, 2, {SIGINT, SIGINT});
  INFO(run.result);
  CHECK(run.result.status == 130);
  CHECK_FALSE(run.result.timed_out);
  CHECK(run.all_ended());
}

TEST_CASE("a second Ctrl-C keeps what the commands wrote") {
  const Interrupted run({"imap", "-j", "2", "--grace", "1h", "--output", "jsonl", "--sh",
                         "trap '' INT; echo running {}; touch \"$MARKS\"/{#}; while :; do sleep 0.01; done", "1", "2"},
                        2, {SIGINT, SIGINT});
  INFO(run.result);
  CHECK(run.result.status == 130);
  const auto lines = json_lines(run.result.out);
  REQUIRE(lines.size() == 2);
  for (const auto& line : lines) {
    CHECK(line["error"]["message"] == "was killed because the run was interrupted");
    CHECK(contains(std::string(line["result"]["stdout"]), "running "));
  }
}

TEST_CASE("threads stop their commands too") {
  const Interrupted run({"imap", "--threads", "-j", "2", "--grace", "20s", "--sh", careful("TERM", mark), "1", "2"}, 2,
                        {SIGTERM});
  INFO(run.result);
  CHECK(run.result.out == "running 1\ncleaned 1\nrunning 2\ncleaned 2\n");
  CHECK(run.all_ended());
}

TEST_CASE("a deadline and a halt let commands clean up") {
  const Result late = run_prun({"imap", "--deadline", "500ms", "--grace", "20s", "--sh", careful("TERM"), "1"});
  INFO(late);
  CHECK(late.out == "running 1\ncleaned 1\n");
  CHECK(contains(late.err, "deadline of 0.5 s reached: 1 task was stopped"));
  const Result halted = run_prun({"imap_unordered", "-j", "2", "--halt", "now,fail=1", "--grace", "20s", "--sh",
                                  "if [ {} = 2 ]; then sleep 0.5; exit 1; fi; " + careful("TERM"), "1", "2"});
  INFO(halted);
  CHECK(contains(halted.out, "cleaned 1"));
  CHECK(contains(halted.err, "halted: 0 succeeded, 1 failed; 1 task was stopped"));
}

TEST_CASE("background processes of a command end with the run") {
  for (const char* where : {"-v", "--threads"}) {
    const Result result =
        run_prun({"imap", where, "-j", "1", "--sh", "setsid sleep 600 >/dev/null 2>&1 & echo $! {#}", "1"});
    INFO(result);
    REQUIRE_FALSE(result.out.empty());
    CHECK(Witness({std::stoi(result.out)}).all_ended_within(2s));
  }
}

TEST_CASE("a call that takes too long never kills the next call") {
  const TemporaryFile trace("", ".trace");
  const Result result = run_prun({"imap_unordered", "-j", "8", "--timeout", "60ms", "--sh",
                                  "echo {} >> " + trace.path() + "; sleep 0.057", "1..400"});
  INFO(result);
  std::ifstream file(trace.path());
  std::vector<std::string> ran = lines_of({std::string(std::istreambuf_iterator<char>(file), {})});
  std::ranges::sort(ran);
  CHECK(std::ranges::adjacent_find(ran) == ran.end());
}

TEST_CASE("a served program is asked to end at a time-out, and another serves the next call") {
  const TemporaryFile cleaned("", ".trace");
  const TemporaryFile program(R"(import json, signal, sys, time
def bye(*_):
    open(sys.argv[1], "a").write("cleaned\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, bye)
print(json.dumps({"prun": 1, "functions": [{"name": "nap"}]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    time.sleep(request["args"][0])
    print(json.dumps({"id": request["id"], "result": request["args"][0]}), flush=True)
)",
                              ".py");
  const Result result =
      run_prun({"imap", "-j", "1", "--timeout", "3s", "--grace", "20s", "--format", "{result}", "--serve",
                "python3 " + program.path() + " " + cleaned.path(), "nap", "0", "600", "0"});
  INFO(result);
  CHECK(result.status == 1);
  CHECK(result.out == "0\n0\n");
  CHECK(contains(result.err, "nap(600): ran longer than 3 s and was terminated"));
  std::ifstream file(cleaned.path());
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "cleaned\n");
}
