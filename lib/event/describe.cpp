// See describe.hpp.
#include "event/describe.hpp"

#include "event/printable.hpp"
#include "event/signal_name.hpp"

#include <fmt/format.h>

#include <string>

namespace prun {

namespace {

constexpr std::size_t longest_text = 2000;  // of a description on one line, in bytes
constexpr std::size_t longest_place = 300;
// The place inside prun where a built-in function threw does not help the user. The message says what was wrong.
constexpr std::string_view own_module = " (prun)";

std::string worker_of(const Failure& failure) {
  return failure.pid == 0 ? std::string("its worker") : fmt::format("worker {}", failure.pid);
}

void append_cut(std::string& out, std::string_view text, std::size_t longest) {
  const std::string_view shown = cut_utf8(text, longest);
  append_printable(out, shown);
  if (shown.size() < text.size()) {
    fmt::format_to(std::back_inserter(out), "... ({} bytes in all)", text.size());
  }
}

}  // namespace

std::string message_of(const Failure& failure) {
  if (!failure.message.empty()) return failure.message;
  switch (failure.kind) {
    case FailureKind::exception: return "";
    case FailureKind::lost_signal:
      return fmt::format("{} was killed by signal {} ({})", worker_of(failure), failure.signal,
                         signal_name(failure.signal));
    case FailureKind::lost_exit:
      return fmt::format("{} exited with status {} instead of returning", worker_of(failure), failure.exit_status);
    case FailureKind::bad_arguments: return "the arguments do not fit the function";
    case FailureKind::bad_result: return "the result cannot be serialized";
    case FailureKind::timeout: return "it exceeded its time limit";
    case FailureKind::cancelled: return "it was cancelled before it ran";
    case FailureKind::worker_start: return "no worker could be started to run it";
    case FailureKind::exit: return fmt::format("exit status {}", failure.exit_status);
    case FailureKind::signal:
      return fmt::format("ended by signal {} ({})", failure.signal, signal_name(failure.signal));
    case FailureKind::out_of_memory: return "it ran out of memory";
    case FailureKind::cpu_limit: return "it exceeded its CPU time limit";
    case FailureKind::interrupted: return "it was stopped because the run ended";
    case FailureKind::terminal: return "it tried to use the terminal, which tasks do not have";
  }
  return "it failed";
}

std::string full_description(const Failure& failure) {
  std::string message = message_of(failure);
  if (failure.kind != FailureKind::exception) return message;
  if (failure.type.empty()) return message.empty() ? std::string("an exception of unknown type") : message;
  return message.empty() ? failure.type : failure.type + ": " + message;
}

std::string describe(const Failure& failure, std::uint32_t attempt, std::string_view host) {
  std::string line;
  append_cut(line, full_description(failure), longest_text);
  std::string facts;
  const auto begin_fact = [&facts](std::string_view word) { facts.append(facts.empty() ? " [" : "; ").append(word); };
  if (!failure.where.empty() && !failure.where.ends_with(own_module)) {
    begin_fact("at ");
    append_cut(facts, failure.where, longest_place);
  }
  if (!host.empty()) {
    begin_fact("on ");
    append_cut(facts, host, longest_place);
  }
  if (attempt > 1) {
    begin_fact("attempt ");
    facts += std::to_string(attempt);
  }
  return facts.empty() ? line : line + facts + ']';
}

}  // namespace prun
