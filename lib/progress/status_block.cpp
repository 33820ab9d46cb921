#include "progress/status_block.hpp"

#include "event/printable.hpp"
#include "progress/amounts.hpp"
#include "progress/hold_up_text.hpp"

#include <fmt/format.h>

#include <string_view>

namespace prun {
namespace {

std::string worker_line(const RunView& view, const RunView::Worker& worker) {
  if (!worker.call) return fmt::format("worker {}: idle", worker.pid);
  std::string line =
      fmt::format("worker {}: task {}, {}", worker.pid, worker.call->index, view.call_of(worker.call->index));
  if (worker.call->age) line += fmt::format(", for {}", age_text(*worker.call->age));
  if (const auto memory = view.memory_of(worker.place); memory != 0) line += fmt::format(", {}", size_text(memory));
  return line;
}

std::string counts_line(const RunView& view, std::size_t running) {
  const auto counts = view.counts();
  const auto total = view.total();
  std::string line = fmt::format("{}", counts.done());
  if (total) line += fmt::format(" of {}", *total);
  const std::string_view noun = total.value_or(counts.done()) == 1 ? "task" : "tasks";
  line += fmt::format(" {} done, {} failed, {} running", noun, counts.all_failed(), running);
  if (counts.recalled != 0) line += fmt::format(", {} recorded by earlier runs", counts.recalled);
  return line + fmt::format(", {} elapsed", clock_text(view.elapsed()));
}

}  // namespace

std::string status_block(const RunView& view) {
  std::string block;
  std::size_t running = 0;
  for (const auto& worker : view.workers()) {
    block += message_line(worker_line(view, worker));
    if (worker.call) ++running;
  }
  if (const std::string reason = hold_up_text(view, view.held_back()); !reason.empty()) block += message_line(reason);
  return block + message_line(counts_line(view, running));
}

}  // namespace prun
