// A spawned worker: the process that was forked for it executes a new Python.
#include "pypackage/worker.hpp"

#include "function/worker_end.hpp"
#include "ring/region.hpp"
#include "sys/error.hpp"
#include "sys/process_mark.hpp"
#include "sys/shared_memory.hpp"
#include "worker/call_limits.hpp"
#include "worker/worker_loop.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

namespace prun::pypackage {

void execute_worker(const std::vector<std::string>& words, const std::vector<int>& keep) {
  for (const int fd : keep) ::fcntl(fd, F_SETFD, 0);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  throw std::system_error(errno, std::generic_category(), "cannot execute " + words.front());
}

void serve(const Place& place, Object* initializer, Object* arguments) {
  static_cast<void>(sys::mark_process());
  ::prctl(PR_SET_NAME, "prun-worker");
  const auto inherited = [](int fd) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    return sys::Fd(fd);
  };
  auto& region = *new ring::Region(sys::SharedMemory(inherited(place.region)));  // both as long as the process
  auto& table = *new SharedTable(inherited(place.table));
  ::fcntl(region.header().event_fd, F_SETFD, FD_CLOEXEC);
  ring::WorkerBlock& block = region.worker(place.worker);
  block.pid.store(::getpid(), std::memory_order_relaxed);
  if (region.header().cpu_limit_us != 0) {
    worker::CallLimits::prepare(block, std::chrono::microseconds(region.header().cpu_limit_us));
  }
  worker::WorkerLoop loop(region, place.worker);
  try {
    begin_worker(table, place.worker, initializer, arguments);
  } catch (const std::exception&) {
    loop.report_broken(std::current_exception());
    return;
  }
  block.stage.store(ring::WorkerStage::ready, std::memory_order_release);
  worker::Baton baton;
  baton.chunk.entry = place.entry;
  static_cast<void>(loop.stand_in(baton, &run_chunk));
  block.stage.store(ring::WorkerStage::retired, std::memory_order_release);
  end_worker();
  ::_exit(0);
}

}  // namespace prun::pypackage
