// See memory_suspension.hpp.
#include "run/memory_suspension.hpp"

#include "sys/available_memory.hpp"
#include "sys/proc_text.hpp"
#include "sys/process_tree.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <string_view>
#include <utility>

namespace prun {
namespace {

/// "some avg10=1.23 avg60=..."
double pressure_in(std::string_view text) noexcept {
  constexpr std::string_view before = "some avg10=";
  const auto at = text.find(before);
  if (at == std::string_view::npos) return 0;
  double percent = 0;
  const char* const begin = text.data() + at + before.size();
  std::from_chars(begin, text.data() + text.size(), percent);
  return percent;
}

void send(const std::vector<pid_t>& processes, int signal) noexcept {
  for (const pid_t pid : processes) ::kill(pid, signal);
}

}  // namespace

MemorySuspension::MemorySuspension(const SuspensionLimit& limit, std::string root)
    : limit_(limit), root_(std::move(root)) {}

void MemorySuspension::on_time() {
  next_ = Clock::now() + interval;
  forget_ended();
  switch (look()) {
    case Memory::short_of: return stop_youngest();
    case Memory::ample: return continue_last();
    case Memory::scarce: break;
  }
  // One command always runs, however short memory is.
  const auto workers = view_->workers();
  const bool runs = std::ranges::any_of(
      workers, [&](const RunView::Worker& worker) { return worker.call && !is_stopped(worker.call->index); });
  if (!runs) continue_last();
}

// Memory is ample at twice the limit or half the pressure. This gap prevents commands from being stopped and continued constantly.
MemorySuspension::Memory MemorySuspension::look() const {
  bool is_short = false;
  bool is_ample = true;
  if (limit_.pressure > 0) {
    const double pressure = pressure_in(sys::contents(root_ + "/proc/pressure/memory"));
    is_short = pressure > limit_.pressure;
    is_ample = pressure < limit_.pressure / 2;
  }
  if (limit_.free_bytes > 0) {
    const std::uint64_t available = sys::available_memory(root_);
    is_short = is_short || available < limit_.free_bytes;
    is_ample = is_ample && available / 2 >= limit_.free_bytes;
  }
  return is_short ? Memory::short_of : is_ample ? Memory::ample : Memory::scarce;
}

void MemorySuspension::stop_youngest() {
  std::vector<RunView::Worker> running = view_->workers();
  std::erase_if(running, [&](const RunView::Worker& worker) { return !worker.call || is_stopped(worker.call->index); });
  if (running.size() < 2) {
    if (running.empty()) continue_last();
    return;
  }
  const auto youngest = std::ranges::max_element(running, {}, [](const auto& worker) { return worker.call->index; });
  Stopped stopped{youngest->call->index, sys::descendants_of(youngest->pid)};
  if (stopped.processes.empty()) return;  // a function, or a command that has ended by now
  send(stopped.processes, SIGSTOP);
  stopped_.push_back(std::move(stopped));
}

void MemorySuspension::continue_last() {
  if (stopped_.empty()) return;
  send(stopped_.back().processes, SIGCONT);
  stopped_.pop_back();
}

void MemorySuspension::continue_all() {
  while (!stopped_.empty()) continue_last();
}

/// Calls that ended while they were stopped, for example at their time limit.
void MemorySuspension::forget_ended() {
  const auto workers = view_->workers();
  std::erase_if(stopped_, [&](const Stopped& stopped) {
    return std::ranges::none_of(
        workers, [&](const RunView::Worker& worker) { return worker.call && worker.call->index == stopped.index; });
  });
}

bool MemorySuspension::is_stopped(std::uint64_t index) const noexcept {
  return std::ranges::any_of(stopped_, [index](const Stopped& stopped) { return stopped.index == index; });
}

}  // namespace prun
