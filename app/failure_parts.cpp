// See failure_parts.hpp.
#include "failure_parts.hpp"

#include "event/describe.hpp"
#include "event/printable.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <variant>

namespace prun::app {
namespace {

/// As the data of a command of GitHub's workflows.
std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    switch (c) {
      case '%': made += "%25"; break;
      case '\r': made += "%0D"; break;
      case '\n': made += "%0A"; break;
      default: made += c;
    }
  }
  return made;
}

}  // namespace

int status_of(const Failure& failure) noexcept {
  switch (failure.kind) {
    case FailureKind::exit:
    case FailureKind::lost_exit: return failure.exit_status != 0 ? failure.exit_status : 1;
    case FailureKind::signal:
    case FailureKind::lost_signal: return 128 + failure.signal;
    case FailureKind::timeout: return 124;
    default: return 1;
  }
}

void FirstFailure::on_event(const RunEvent& event) {
  if (status_) return;
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) {
    if (attempt->final && attempt->failure != nullptr) status_ = status_of(*attempt->failure);
  } else if (const auto* recalled = std::get_if<OutcomeRecalled>(&event)) {
    if (recalled->failure != nullptr) status_ = status_of(*recalled->failure);
  }
}

void GithubAnnotations::on_event(const RunEvent& event) {
  const auto* attempt = std::get_if<AttemptEnded>(&event);
  if (attempt == nullptr || attempt->failure == nullptr || !attempt->final || left_ == 0) return;
  --left_;
  err_->write_line(fmt::format("::error title=prun: task {} failed::{}: {}\n", attempt->index,
                               escaped(attempt->texts.call_of(attempt->index)),
                               escaped(describe(*attempt->failure, attempt->info.attempt, attempt->host))));
}

void RetryHint::on_event(const RunEvent& event) {
  if (std::holds_alternative<RunEnded>(event)) return tell();
  const auto* attempt = std::get_if<AttemptEnded>(&event);
  if (attempt == nullptr || attempt->failure == nullptr || !attempt->final) return;
  const FailureKind kind = attempt->failure->kind;
  if (kind == FailureKind::exit && !policy_.on_exit) ++exits_;
  if (kind == FailureKind::exception && !policy_.on_exception) ++exceptions_;
}

void RetryHint::tell() const {
  const auto hint = [this](std::uint64_t count, std::string_view how, std::string_view kind) {
    if (count == 0) return;
    err_->write_line(
        message_line(fmt::format("{} task{} failed {} and {} not retried; --retry-on {} retries such tasks", count,
                                 count == 1 ? "" : "s", how, count == 1 ? "was" : "were", kind)));
  };
  hint(exits_, "with an exit status", "exit");
  hint(exceptions_, "with an exception", "exception");
}

}  // namespace prun::app
