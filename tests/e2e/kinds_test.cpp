// One table over all kinds of function: whatever a call comes to, it does so alike, and costs nothing else.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>

using namespace prun::test;

namespace {

const std::string plugin = std::string(PRUN_TEST_PLUGIN_DIR) + "/native/kinds.so";
const std::string python = PRUN_SOURCE_DIR "/tests/python/modules/kinds.py";
const std::string served = PRUN_SOURCE_DIR "/tests/serving/workers/faulty.py";
constexpr std::size_t large = 5'000'000;

/// A task as JSON, and what there is to say of its outcome.
struct Call {
  std::string task;
  std::string kind{};  ///< of its failure; empty: it succeeds
  int status = 0;      ///< exit status of the failure
  int signal = 0;
};

struct Kind {
  std::string name;
  std::vector<std::string> options;
  std::string fine;       ///< a call that succeeds
  nlohmann::json result;  ///< its result; of a command, its output
  std::string too_many;   ///< a call with too many arguments; empty: it takes any
  std::string huge;       ///< a call whose result is a string of `large` bytes y
  std::vector<Call> faults;
};

std::string task(const std::string& function, const std::string& arguments) {
  return "[\"" + function + "\", " + arguments + "]";
}

/// The faults of a kind whose functions are named alike.
std::vector<Call> usual_faults(const std::string& prefix) {
  return {{task(prefix + "fail", "\"no such luck\""), "exception"},
          {task(prefix + "leave", "7"), "lost_exit", 7},
          {task(prefix + "leave", "0"), "lost_exit", 0},
          {task(prefix + "die", "11"), "lost_signal", 0, SIGSEGV},
          {task(prefix + "die", "9"), "lost_signal", 0, SIGKILL},
          {task(prefix + "hang", "1"), "timeout"}};  // the last
}

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  kinds.push_back({"built in", {}, task("identity", "3"), 3, task("fib", "1, 2"), "", {}});
  kinds.back().faults = {{task("fib", "92"), "exception"}, {task("sleep", "1000"), "timeout"}};
  kinds.push_back({"plugin", {}, task(plugin + ":fine", "2"), 3, task(plugin + ":fine", "1, 2"), "", {}});
  kinds.back().huge = task(plugin + ":large", std::to_string(large));
  kinds.back().faults = usual_faults(plugin + ":");
  kinds.push_back(
      {"C function", {}, task("libc.so.6:abs(int)->int", "-3"), 3, task("libc.so.6:abs(int)->int", "1, 2"), "", {}});
  kinds.back().faults = {{task("libc.so.6:_exit(int)->int", "7"), "lost_exit", 7},
                         {task("libc.so.6:raise(int)->int", "11"), "lost_signal", 0, SIGSEGV},
                         {task("libc.so.6:raise(int)->int", "9"), "lost_signal", 0, SIGKILL},
                         {task("libc.so.6:sleep(unsigned int)->unsigned int", "1000"), "timeout"}};
  kinds.push_back({"Python", {}, task(python + ":fine", "2"), 3, task(python + ":fine", "1, 2"), "", {}});
  kinds.back().huge = task(python + ":large", std::to_string(large));
  kinds.back().faults = usual_faults(python + ":");
  kinds.back().faults.insert(kinds.back().faults.end() - 1, {task(python + ":leave_at_once", "7"), "lost_exit", 7});
  kinds.push_back(
      {"serving process", {"--serve", served}, task("served_fine", "2"), 3, task("served_fine", "1, 2"), "", {}});
  kinds.back().huge = task("served_large", std::to_string(large));
  kinds.back().faults = usual_faults("served_");
  kinds.back().faults.insert(kinds.back().faults.end() - 1, {task("served_say", "\"no answer\""), "bad_result"});
  kinds.push_back({"command", {}, R"({"cmd": ["printf", "3"]})", "3", "", "", {}});
  kinds.back().huge = R"({"sh": "head -c 5000000 /dev/zero | tr '\\0' y"})";
  kinds.back().faults = {{R"({"sh": "exit 7"})", "exit", 7},
                         {R"({"sh": "kill -SEGV $$"})", "signal", 0, SIGSEGV},
                         {R"({"sh": "kill -KILL $$"})", "signal", 0, SIGKILL},
                         {R"({"cmd": ["sleep", "1000"]})", "timeout"}};
  return kinds;
}

/// Every task has exactly one outcome, in its place.
std::vector<nlohmann::json> outcomes(const std::vector<std::string>& tasks, const Kind& kind,
                                     std::vector<std::string> more, int status) {
  std::vector<std::string> arguments{"imap", "--output", "jsonl", "-j", "2"};
  arguments.insert(arguments.end(), kind.options.begin(), kind.options.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::string input;
  for (const std::string& one : tasks) input += one + "\n";
  const Result run = run_prun(arguments, input);
  INFO(run);
  CHECK_FALSE(run.timed_out);
  CHECK(run.status == status);
  auto lines = json_lines(run.out);
  REQUIRE(lines.size() == tasks.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i].at("index") == i);
    CHECK((lines[i].contains("result") || lines[i].contains("error")));  // of a command that failed, both
  }
  return lines;
}

nlohmann::json result_of(const nlohmann::json& line) {
  const nlohmann::json result = line.value("result", nlohmann::json());
  return result.is_object() && result.contains("stdout") ? result.at("stdout") : result;
}

void check_failure(const nlohmann::json& line, const Call& call) {
  INFO(call.task);
  REQUIRE(line.contains("error"));
  const nlohmann::json& error = line.at("error");
  CHECK(error.at("kind") == call.kind);
  CHECK_FALSE(error.at("message").get<std::string>().empty());
  if (call.kind == "lost_exit" || call.kind == "exit") CHECK(error.at("exit_status") == call.status);
  if (call.signal != 0) CHECK(error.at("signal") == call.signal);
  if (call.kind.starts_with("lost_")) CHECK(error.at("pid") > 0);
}

void gives_right_results(const Kind& kind) {
  const std::vector<std::string> tasks(20, kind.fine);
  for (const std::vector<std::string>& pool : {std::vector<std::string>{"-c", "1"}, {"-c", "7"}, {"--threads"}}) {
    for (const auto& line : outcomes(tasks, kind, pool, 0)) CHECK(result_of(line) == kind.result);
  }
}

void refuses_too_many_arguments(const Kind& kind) {
  if (kind.too_many.empty()) return;  // a command takes any
  std::vector<std::string> arguments{"imap", "--output", "jsonl"};
  arguments.insert(arguments.end(), kind.options.begin(), kind.options.end());
  const Result run = run_prun(arguments, kind.fine + "\n" + kind.too_many + "\n" + kind.fine + "\n");
  INFO(run);
  CHECK(run.status == 2);
  CHECK(lines_of(run.out).size() == 1);  // what came before is finished
  CHECK(run.err.find("<stdin>:2:") != std::string::npos);
}

/// A fault fails its call alone, also within a chunk.
void fails_alone(const Kind& kind) {
  std::vector<std::string> tasks{kind.fine};
  std::vector<const Call*> faults;
  for (const Call& fault : kind.faults) {
    if (fault.kind == "timeout") continue;
    tasks.insert(tasks.end(), {fault.task, kind.fine});
    faults.push_back(&fault);
  }
  const auto lines = outcomes(tasks, kind, {"-c", "2"}, 1);
  for (std::size_t i = 0; i < faults.size(); ++i) check_failure(lines[2 * i + 1], *faults[i]);
  for (std::size_t i = 0; i < lines.size(); i += 2) CHECK(result_of(lines[i]) == kind.result);
}

/// The tasks beside it need nothing to be started: that would count as theirs.
void is_timed_out(const Kind& kind) {
  const std::string other = task("identity", "3");
  const std::string& hanging = kind.faults.back().task;
  const auto lines = outcomes({other, hanging, other}, kind, {"-c", "3", "--timeout", "1s"}, 1);
  check_failure(lines[1], kind.faults.back());
  CHECK(lines[0].at("result") == 3);
  CHECK(lines[2].at("result") == 3);
}

void is_tried_again(const Kind& kind) {
  const auto lines = outcomes({kind.fine, kind.faults.front().task, kind.faults.at(kind.faults.size() - 2).task}, kind,
                              {"--retries", "1", "--retry-on", "all", "--retry-delay", "1ms"}, 1);
  CHECK(lines[0].at("attempt") == 1);
  CHECK(lines[1].at("attempt") == 2);
  check_failure(lines[1], kind.faults.front());
  check_failure(lines[2], kind.faults.at(kind.faults.size() - 2));
}

void returns_megabytes(const Kind& kind) {
  if (kind.huge.empty()) return;  // it has no strings to return
  const auto lines = outcomes({kind.huge, kind.fine, kind.huge}, kind, {}, 0);
  CHECK((result_of(lines[0]) == std::string(large, 'y')));
  CHECK(result_of(lines[1]) == kind.result);
  CHECK((result_of(lines[2]) == std::string(large, 'y')));
}

}  // namespace

#define FOR_EVERY_KIND(behaviour)                                              \
  TEST_CASE("kinds: built in " #behaviour) { behaviour(all_kinds().at(0)); }   \
  TEST_CASE("kinds: plugin " #behaviour) { behaviour(all_kinds().at(1)); }     \
  TEST_CASE("kinds: C function " #behaviour) { behaviour(all_kinds().at(2)); } \
  TEST_CASE("kinds: Python " #behaviour) { behaviour(all_kinds().at(3)); }     \
  TEST_CASE("kinds: serving " #behaviour) { behaviour(all_kinds().at(4)); }    \
  TEST_CASE("kinds: command " #behaviour) { behaviour(all_kinds().at(5)); }

FOR_EVERY_KIND(gives_right_results)
FOR_EVERY_KIND(refuses_too_many_arguments)
FOR_EVERY_KIND(fails_alone)
FOR_EVERY_KIND(is_timed_out)
FOR_EVERY_KIND(is_tried_again)
FOR_EVERY_KIND(returns_megabytes)

TEST_CASE("kinds: all in one run, each task comes to its own end") {
  std::vector<std::string> tasks;
  std::vector<std::optional<Call>> expected;
  std::vector<nlohmann::json> results;
  const std::vector<Kind> kinds = all_kinds();
  Kind together{"together", {"--serve", served}, "", nullptr, "", "", {}};
  for (std::size_t i = 0; i < 8; ++i) {
    for (const Kind& kind : kinds) {
      tasks.push_back(kind.fine);
      expected.emplace_back();
      results.push_back(kind.result);
      if (i >= kind.faults.size() || kind.faults[i].kind == "timeout") continue;
      tasks.push_back(kind.faults[i].task);
      expected.emplace_back(kind.faults[i]);
      results.emplace_back();
    }
  }
  const auto lines = outcomes(tasks, together, {"-c", "2"}, 1);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(tasks[i]);
    if (expected[i]) {
      check_failure(lines[i], *expected[i]);
    } else {
      CHECK(result_of(lines[i]) == results[i]);
    }
  }
}

namespace {

struct Stage {
  std::string name;
  std::function<std::string(const std::string& fault, int number)> task;
  std::string exception_kind;
};

/// The stages of a call in a worker, of the kinds that have more than one at which code of the user's runs.
std::vector<std::pair<Kind, std::vector<Stage>>> staged_kinds() {
  const auto in_plugin = [](const std::string& stage) {
    return [stage](const std::string& fault, int number) {
      return task(plugin + ":staged", "[\"" + stage + "\", \"" + fault + "\", " + std::to_string(number) + "]");
    };
  };
  const auto in_python = [](const std::string& function) {
    return [function](const std::string& fault, int number) {
      return task(python + ":" + function, "\"" + fault + "\", " + std::to_string(number));
    };
  };
  const auto in_served = [](const std::string& stage) {
    return [stage](const std::string& fault, int number) {
      return task("served_staged", "\"" + stage + "\", \"" + fault + "\", " + std::to_string(number));
    };
  };
  std::vector<Kind> kinds = all_kinds();
  return {
      {kinds[1],
       {{"argument decode", in_plugin("decode"), "exception"},
        {"run", in_plugin("run"), "exception"},
        {"result encode", in_plugin("encode"), "exception"},
        {"in the middle of a result", in_plugin("middle"), "exception"}}},
      {kinds[3],
       {{"run", in_python("at_run"), "exception"},
        {"result encode", in_python("at_result"), ""},  // a repr that raises does not fail the task
        {"in the middle of a result", in_python("in_the_middle"), ""}}},
      {kinds[4], {{"run", in_served("run"), "exception"}, {"in the middle of the answer", in_served("middle"), ""}}}};
}

}  // namespace

namespace {

void stages_by_faults(std::size_t which) {
  const auto [kind, stages] = staged_kinds().at(which);
  for (const Stage& stage : stages) {
    CAPTURE(stage.name);
    std::vector<Call> faults{{stage.task("leave", 7), "lost_exit", 7},
                             {stage.task("die", SIGSEGV), "lost_signal", 0, SIGSEGV},
                             {stage.task("die", SIGKILL), "lost_signal", 0, SIGKILL}};
    if (!stage.exception_kind.empty()) faults.push_back({stage.task("fail", 1), stage.exception_kind});
    std::vector<std::string> tasks;
    for (const Call& fault : faults) tasks.insert(tasks.end(), {kind.fine, fault.task});
    tasks.push_back(kind.fine);
    const auto lines = outcomes(tasks, kind, {"-c", "3"}, 1);
    for (std::size_t i = 0; i < faults.size(); ++i) check_failure(lines[2 * i + 1], faults[i]);
    for (std::size_t i = 0; i < lines.size(); i += 2) CHECK(result_of(lines[i]) == kind.result);
  }
}

}  // namespace

TEST_CASE("kinds: plugin, stages x exit, exception, SIGSEGV, SIGKILL") { stages_by_faults(0); }
TEST_CASE("kinds: Python, stages x exit, exception, SIGSEGV, SIGKILL") { stages_by_faults(1); }
TEST_CASE("kinds: serving, stages x exit, exception, SIGSEGV, SIGKILL") { stages_by_faults(2); }

TEST_CASE("kinds: Python, a module that cannot be loaded in a worker, by exit, exception, SIGSEGV, SIGKILL") {
  const std::vector<Call> faults{{"exit", "lost_exit", 7},
                                 {"exception", "exception"},
                                 {"SIGSEGV", "lost_signal", 0, SIGSEGV},
                                 {"SIGKILL", "lost_signal", 0, SIGKILL}};
  for (const Call& fault : faults) {
    const TemporaryFile flag("", ".flag");
    std::filesystem::remove(flag.path());
    const std::string module = PRUN_SOURCE_DIR "/tests/python/modules/dies_in_worker.py:f";
    Command command = prun_command({"imap", "--output", "jsonl", "-j", "1"},
                                   task(module, "1") + "\n" + task("identity", "3") + "\n" + task(module, "2") + "\n");
    command.environment.insert(command.environment.end(),
                               {{"PRUN_TEST_FLAG", flag.path()}, {"PRUN_TEST_FAULT", fault.task}});
    const Result run = run_command(std::move(command));
    INFO(run);
    CHECK(run.status == 1);
    const auto lines = json_lines(run.out);
    REQUIRE(lines.size() == 3);
    check_failure(lines[0], fault);
    CHECK(lines[1].at("result") == 3);
    check_failure(lines[2], fault);
  }
}
