// See recorder.hpp.
#include "journal/recorder.hpp"

#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <sys/eventfd.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <utility>

namespace prun::journal {
namespace {

constexpr std::chrono::milliseconds gathering_time{40};
constexpr std::uint64_t large_batch = std::uint64_t{1} << 20;
constexpr std::uint64_t largest_batch = std::uint64_t{4} << 20;

/// The run's thread must receive the signals, because they interrupt its waits.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

Recorder::Recorder(BatchWriter& writer, Displaced displaced)
    : writer_(&writer),
      displaced_(std::move(displaced)),
      failure_event_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}

void Recorder::start() {
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { loop(); });
}

std::unique_lock<std::mutex> Recorder::room() {
  std::unique_lock lock(mutex_);
  if (filling_.size() >= largest_batch) [[unlikely]] {
    hurried_ = true;
    something_.notify_one();
    written_.wait(lock, [this] { return filling_.size() < largest_batch || error_ || !thread_.joinable(); });
  }
  return lock;
}

void Recorder::added() {
  if (error_) filling_.clear();
  if (hurried_ || filling_.size() < large_batch) {
    // The thread sleeps without a time limit only while there is nothing. The first entry wakes it.
    if (!busy_ && !gathering_) something_.notify_one();
    return;
  }
  hurried_ = true;
  something_.notify_one();
}

void Recorder::add(NotedAttempt attempt, std::vector<OutputFile> files) {
  const auto lock = room();
  attempt.files = static_cast<std::uint32_t>(files.size());
  filling_.add(attempt);
  for (OutputFile& file : files) filling_.add(std::move(file));
  added();
}

void Recorder::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    something_.wait(lock, [this] { return !filling_.empty() || ending_; });
    if (filling_.empty()) return;
    gathering_ = true;
    something_.wait_for(lock, gathering_time, [this] { return hurried_ || ending_; });
    gathering_ = false;
    write_batch(lock);
  }
}

void Recorder::write_batch(std::unique_lock<std::mutex>& lock) {
  std::swap(filling_, writing_);
  hurried_ = false;
  busy_ = true;
  lock.unlock();
  written_.notify_all();
  std::string why;
  try {
    writer_->write(writing_);
    if (const auto displaced = displaced_()) why = *displaced;
  } catch (const std::exception& error) {
    why = error.what();
  }
  writing_.clear();
  lock.lock();
  if (!why.empty()) fail(why);
  busy_ = false;
  written_.notify_all();
}

void Recorder::fail(const std::string& why) {
  error_ = why;
  filling_.clear();
  failed_.store(true, std::memory_order_release);
  sys::signal_event(failure_event_.get());
}

void Recorder::flush() {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) return;
  hurried_ = true;
  something_.notify_one();
  written_.wait(lock, [this] { return (filling_.empty() && !busy_) || error_; });
}

void Recorder::finish() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  something_.notify_one();
  thread_.join();
}

std::optional<std::string> Recorder::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace prun::journal
