// The options that say what is done about failures, limits and load; see reliability_options.hpp.
#include "reliability_options.hpp"

#include "numbers.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {
namespace {

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

void take_retry_kinds(std::string_view text, RetryPolicy& retry) {
  retry.on_crash = retry.on_timeout = retry.on_exception = retry.on_exit = false;
  for (const std::string_view kind : parts_of(text)) {
    if (kind == "crash") {
      retry.on_crash = true;
    } else if (kind == "timeout") {
      retry.on_timeout = true;
    } else if (kind == "exception") {
      retry.on_exception = true;
    } else if (kind == "exit") {
      retry.on_exit = true;
    } else if (kind == "all") {
      retry.on_crash = retry.on_timeout = retry.on_exception = retry.on_exit = true;
    } else {
      throw UsageError(fmt::format("--retry-on takes crash, timeout, exception, exit or all, not '{}'", kind));
    }
  }
}

[[noreturn]] void refuse_halt(std::string_view text) {
  throw UsageError(fmt::format(
      "--halt takes never, or soon or now with fail=N, success=N, done=N or a share such as fail=10%; not '{}'", text));
}

HaltPolicy halt_policy(std::string_view text) {
  HaltPolicy halt;
  if (text == "never") return halt;
  const auto parts = parts_of(text);
  if (parts.size() != 2) refuse_halt(text);
  halt.when = parts[0] == "soon" ? HaltPolicy::When::soon : HaltPolicy::When::now;
  if (parts[0] != "soon" && parts[0] != "now") refuse_halt(text);
  const auto equals = parts[1].find('=');
  const std::string_view what = parts[1].substr(0, equals);
  if (equals == std::string_view::npos) refuse_halt(text);
  halt.what = what == "fail"      ? HaltPolicy::What::fail
              : what == "success" ? HaltPolicy::What::success
                                  : HaltPolicy::What::done;
  if (what != "fail" && what != "success" && what != "done") refuse_halt(text);
  std::string_view number = parts[1].substr(equals + 1);
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || value == 0 || (percent && value > 100))
    refuse_halt(text);
  if (percent) {
    halt.percent = static_cast<double>(value);
  } else {
    halt.count = value;
  }
  return halt;
}

std::vector<int> own_cpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

double parse_load(std::string_view text, unsigned cpus) {
  const bool percent = text.ends_with('%');
  const std::string_view digits = text.substr(0, text.size() - (percent ? 1 : 0));
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !(value > 0)) {
    throw UsageError(fmt::format(
        "--max-load takes a number of running processes, or a share of the CPUs such as 80%, not '{}'", text));
  }
  return percent ? value * cpus / 100 : value;
}

void refuse_with_threads(const OptionTexts& texts) {
  const auto refuse = [](std::string_view option, std::string_view why) {
    throw UsageError(fmt::format("--threads and {} exclude each other: {}", option, why));
  };
  if (!texts.threads) return;
  if (texts.timeout) refuse("--timeout", "a thread cannot be ended in the middle of a task");
  if (texts.cpu_limit) refuse("--cpu-limit", "a thread cannot be ended in the middle of a task");
  if (texts.memory_limit) refuse("--memory-limit", "threads share the memory of their process");
  if (texts.admit) refuse("--admit memory", "threads share the memory of their process");
  if (texts.stack_size) refuse("--stack-size", "it is for worker processes");
  if (texts.nice) refuse("--nice", "it is for worker processes");
  if (texts.pin) refuse("--pin", "it is for worker processes");
}

}  // namespace

void take_reliability_options(const OptionTexts& texts, RunOptions& run) {
  refuse_with_threads(texts);
  if (texts.retries) {
    const std::uint64_t retries = parse_seed("--retries", *texts.retries);
    run.retry.retries = static_cast<std::uint32_t>(std::min<std::uint64_t>(retries, 60'000));
    run.retry.delay = std::chrono::milliseconds(100);
  }
  if (texts.retry_delay) run.retry.delay = parse_duration("--retry-delay", *texts.retry_delay, true);
  if (texts.retry_on) take_retry_kinds(*texts.retry_on, run.retry);
  if (!texts.retries && (texts.retry_delay || texts.retry_on)) {
    throw UsageError("--retry-delay and --retry-on say how --retries N tries again; give --retries too");
  }
  if (texts.timeout) run.timeout = parse_duration("--timeout", *texts.timeout, false);
  if (texts.deadline) run.deadline = parse_duration("--deadline", *texts.deadline, false);
  if (texts.grace) run.grace = parse_duration("--grace", *texts.grace, true);
  if (texts.halt) run.halt = halt_policy(*texts.halt);
  if (texts.delay) run.admission.delay = parse_duration("--delay", *texts.delay, true);
  if (texts.max_load) run.admission.max_load = parse_load(*texts.max_load, run.cpu_budget);
  if (texts.min_free_memory) run.admission.min_free_memory = parse_size("--min-free-memory", *texts.min_free_memory);
  if (texts.admit) {
    if (*texts.admit != "memory") throw UsageError(fmt::format("--admit takes memory, not '{}'", *texts.admit));
    run.admission.by_memory = true;
  }
  if (texts.cpu_limit) {
    run.limits.cpu_time =
        std::chrono::duration_cast<std::chrono::microseconds>(parse_duration("--cpu-limit", *texts.cpu_limit, false));
  }
  if (texts.memory_limit) run.limits.memory = parse_size("--memory-limit", *texts.memory_limit);
  if (texts.stack_size) run.limits.stack = parse_size("--stack-size", *texts.stack_size);
  if (texts.nice) run.limits.nice = parse_nice("--nice", *texts.nice);
  if (texts.pin) run.limits.cpus = own_cpus();
}

}  // namespace prun::app
