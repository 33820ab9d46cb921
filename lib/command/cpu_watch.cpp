#include "command/cpu_watch.hpp"

#include "sys/cpu_time.hpp"
#include "sys/process_tree.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace prun::command {
namespace {

unsigned cpus() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace

CpuWatch::CpuWatch(std::chrono::microseconds limit) : limit_(limit) {
  if (limit.count() == 0) return;
  left_behind_ = sys::descendants_of(::getpid());
  until_ = sys::cpu_time_of(::getpid()) + limit;
  due_ = Clock::now() + limit / cpus();
}

bool CpuWatch::reached() {
  if (limit_.count() == 0 || Clock::now() < due_) return false;
  auto left = until_ - sys::cpu_time_of(::getpid());
  for (const pid_t pid : sys::descendants_of(::getpid())) {
    if (std::ranges::find(left_behind_, pid) == left_behind_.end()) left -= sys::cpu_time_of(pid);
  }
  due_ = Clock::now() + std::max<Clock::duration>(left / cpus(), std::chrono::milliseconds(10));
  return left.count() <= 0;
}

}  // namespace prun::command
