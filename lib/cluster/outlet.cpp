#include "cluster/outlet.hpp"

#include "cluster/messages.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace prun::cluster {
namespace {

constexpr std::size_t most_before_a_beat = std::size_t{64} * 1024;  // bytes that arrive are a sign of life too

}  // namespace

std::int64_t monotonic_ns() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Outlet::Outlet(sys::Fd fd) : fd_(std::move(fd)) {
  const int flags = sys::checked(::fcntl(fd_.get(), F_GETFL), "fcntl");
  sys::checked(::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK), "fcntl");
}

void Outlet::add(FrameType type, std::string_view body) {
  const std::lock_guard guard(mutex_);
  append_frame(waiting_, type, body);
}

bool Outlet::flush() {
  const std::lock_guard guard(mutex_);
  return write_some();
}

void Outlet::beat() {
  const std::lock_guard guard(mutex_);
  if (waiting_.size() - written_ < most_before_a_beat) {
    Beat beat{monotonic_ns(), echo_ns_, 0};
    if (echo_ns_ != 0) beat.held_ns = beat.sent_ns - echo_came_ns_;
    append_frame(waiting_, FrameType::beat, encode(beat));
  }
  write_some();
}

void Outlet::note_beat(std::int64_t sent_ns) {
  const std::lock_guard guard(mutex_);
  echo_ns_ = sent_ns;
  echo_came_ns_ = monotonic_ns();
}

bool Outlet::waits() {
  const std::lock_guard guard(mutex_);
  return !broken_ && written_ < waiting_.size();
}

void Outlet::close() {
  const std::lock_guard guard(mutex_);
  fd_.reset();
  broken_ = true;
}

bool Outlet::write_some() {
  while (!broken_ && written_ < waiting_.size()) {
    const ssize_t got = sys::retry_interrupted(
        [&] { return ::write(fd_.get(), waiting_.data() + written_, waiting_.size() - written_); });
    if (got < 0 && errno == EAGAIN) break;
    if (got < 0) {
      broken_ = true;
      break;
    }
    written_ += static_cast<std::size_t>(got);
  }
  if (broken_ || written_ == waiting_.size()) {
    constexpr std::size_t largest_kept = std::size_t{1} << 20U;
    if (waiting_.capacity() > largest_kept) std::string().swap(waiting_);
    waiting_.clear();
    written_ = 0;
  }
  return !broken_;
}

}  // namespace prun::cluster
