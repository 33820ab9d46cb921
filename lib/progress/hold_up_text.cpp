#include "progress/hold_up_text.hpp"

#include "progress/amounts.hpp"

#include <fmt/format.h>

namespace prun {
namespace {

/// `task 17, slow(17)`, and if it runs, for how long.
std::string slow_task(const RunView& view, std::uint64_t index) {
  std::string text = fmt::format("task {}, {}", index, view.call_of(index));
  for (const RunView::Worker& worker : view.workers()) {
    if (worker.call && worker.call->index == index && worker.call->age)
      text += fmt::format(", which has run for {}", age_text(*worker.call->age));
  }
  return text;
}

std::string reason_text(const RunView& view, const HeldBack& held) {
  using Reason = HeldBack::Reason;
  switch (held.reason) {
    case Reason::nothing: break;
    case Reason::input: return "the input has no task yet";
    case Reason::order:
      if (!held.index) return "the buffer is full of results that wait for their turn";
      return fmt::format("the buffer is full of results that wait for {}", slow_task(view, *held.index));
    case Reason::reader: return "the reader of the output is slow";
    case Reason::load: return "the machine is as busy as --max-load allows";
    case Reason::memory:
      if (!held.index) return "too little memory is free";
      return fmt::format("task {}, {}, ran out of memory and is retried alone", *held.index, view.call_of(*held.index));
    case Reason::delay: return "the pause of --delay is not over";
    case Reason::retry: return "only retries are left, and none is due yet";
    case Reason::jobserver: return "the jobserver has no free token";
    case Reason::system: return "the system refuses to start another process";
  }
  return {};
}

}  // namespace

std::string hold_up_text(const RunView& view, const HeldBack& held_back) {
  const std::string reason = reason_text(view, held_back);
  return reason.empty() ? reason : "nothing starts: " + reason;
}

}  // namespace prun
