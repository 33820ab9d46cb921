#include "pool/thread_host.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <utility>

namespace prun::pool {
namespace {

// As much as a worker process has: a task that recurses deeply must not depend on where it runs. Only touched pages count.
constexpr std::size_t stack_bytes = std::size_t{64} << 20;

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

ThreadHost::ThreadHost(WorkerMain worker_main, std::uint32_t worker_count, std::function<void()> request_stop)
    : worker_main_(std::move(worker_main)), request_stop_(std::move(request_stop)), threads_(worker_count) {}

ThreadHost::~ThreadHost() {
  request_stop_();
  for (const auto& thread : threads_) {
    if (thread) ::pthread_join(thread->handle, nullptr);
  }
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
