#include "pool/thread_host.hpp"

#include "sys/process_tree.hpp"
#include "sys/strays.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace prun::pool {
namespace {

// The same as in a worker process: deep recursion must not depend on the kind of worker. Only touched pages count.
constexpr std::size_t stack_bytes = std::size_t{64} << 20;

constexpr std::chrono::seconds longest_dying{2};

}  // namespace

struct ThreadHost::Thread {
  ThreadHost* host;
  std::uint32_t worker;
  pthread_t handle;

  static void* main(void* self) {
    const auto* thread = static_cast<Thread*>(self);
    thread->host->worker_main_(thread->worker);
    return nullptr;
  }
};

ThreadHost::ThreadHost(WorkerMain worker_main, std::uint32_t worker_count, std::function<void()> request_stop,
                       std::unique_ptr<Guardian> guardian)
    : worker_main_(std::move(worker_main)),
      request_stop_(std::move(request_stop)),
      guardian_(std::move(guardian)),
      threads_(worker_count) {
  if (guardian_ == nullptr) return;
  guardian_->mark_environment();
  guardian_->start(::getpid());
  sys::adopt_orphans();
  older_children_ = sys::children_of(::getpid());
}

ThreadHost::~ThreadHost() {
  request_stop_();
  for (const auto& thread : threads_) {
    if (thread) ::pthread_join(thread->handle, nullptr);
  }
  if (guardian_ == nullptr) return;
  const auto older = [this](pid_t child) { return std::ranges::find(older_children_, child) != older_children_.end(); };
  sys::end_children(older, longest_dying);
  guardian_->dismiss();
}

void ThreadHost::start(std::uint32_t worker) {
  auto thread = std::make_unique<Thread>(Thread{this, worker, {}});
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes);
  const int error = ::pthread_create(&thread->handle, &attributes, Thread::main, thread.get());
  ::pthread_attr_destroy(&attributes);
  if (error != 0) {
    events_.push_back({Event::Kind::spawn_failed, worker, 0, error});
    return;
  }
  threads_[worker] = std::move(thread);
  events_.push_back({Event::Kind::started, worker, 0, 0});
}

void ThreadHost::kill(std::uint32_t, int) noexcept {}

std::optional<WorkerHost::Event> ThreadHost::next_event() {
  if (events_.empty()) return std::nullopt;
  const Event event = events_.front();
  events_.pop_front();
  return event;
}

}  // namespace prun::pool
